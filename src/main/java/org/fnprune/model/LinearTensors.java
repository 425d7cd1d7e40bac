package org.fnprune.model;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import org.fnprune.common.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * A quantised matrix as DequantizeLinear and the integer products read it: one scale for all, one
 * for each row or column, or one for each block of a row or column.
 *
 * @param integers rows × cols, of 8 or 4 bits
 * @param scales a scalar, or one for each position of {@code axis}, or a matrix of one for each
 *     block
 * @param zeroPoints as many as scales, of the integers' type; null when all are zero
 * @param axis 0 or 1
 * @param blockSize entries along {@code axis} that share a scale; 0 without blocks
 */
public record LinearTensors(
    TensorData integers,
    TensorData scales,
    @Nullable TensorData zeroPoints,
    int axis,
    int blockSize)
    implements QuantisedTensors {

  /**
   * Checks that the tensors fit each other.
   *
   * @throws UsageException when they do not
   */
  public LinearTensors {
    boolean fits =
        integers.rank() == 2
            && integers.type().isQuantised()
            && scales.type().isFloat()
            && (axis == 0 || axis == 1)
            && blockSize >= 0;
    boolean zerosFit =
        zeroPoints == null
            || (zeroPoints.type() == integers.type() && zeroPoints.elements() == scales.elements());
    if (!fits || !zerosFit || !scaled(integers, scales, axis, blockSize)) {
      throw new UsageException(
          "quantised weight '"
              + integers.name()
              + "' of shape "
              + integers.dims()
              + " does not fit its scales of shape "
              + scales.dims(),
          "the file is damaged; export the model again");
    }
  }

  private static boolean scaled(TensorData integers, TensorData scales, int axis, int blockSize) {
    Tiling tiles = tiling(integers, scales, axis, blockSize);
    return blockSize == 0
        ? scales.elements() == tiles.count()
        : scales.dims().equals(ImmutableList.of((long) tiles.down(), (long) tiles.across()));
  }

  private static Tiling tiling(TensorData integers, TensorData scales, int axis, int blockSize) {
    int along = blockSize > 0 ? blockSize : scales.elements() == 1 ? Tiling.WHOLE : 1;
    int across = blockSize > 0 ? 1 : Tiling.WHOLE;
    return new Tiling(
        integers.dim(-2), integers.dim(-1), axis == 0 ? along : across, axis == 0 ? across : along);
  }

  @Override
  public QuantisedMatrix matrix() {
    Tiling tiling = tiling(integers, scales, axis, blockSize);
    int[] values = integers.toSmallIntegers();
    double[] steps = scales.toDoubles();
    int[] zeros = zeroPoints == null ? new int[steps.length] : zeroPoints.toSmallIntegers();
    QuantisedMatrix matrix = new QuantisedMatrix(tiling, scheme(values, zeros));
    for (int tile = 0; tile < steps.length; tile++) {
      matrix.put(tile, new Step(steps[tile], zeros[tile]));
    }
    for (int i = 0; i < values.length; i++) {
      matrix.put(i / tiling.cols(), i % tiling.cols(), values[i]);
    }
    return matrix;
  }

  /** What the integers show of how they were chosen. */
  private QuantisationScheme scheme(int[] values, int[] zeros) {
    IntegerRange whole = IntegerRange.of(integers.type());
    boolean blocks = blockSize > 0;
    IntegerRange range = blocks || integers.type().isPacked() ? whole : whole.usedBy(values);
    boolean symmetric = Arrays.stream(zeros).allMatch(zero -> zero == range.centre());
    return new QuantisationScheme(range, symmetric, blocks, scales.type());
  }

  @Override
  public LinearTensors storing(QuantisedMatrix matrix) {
    int[] values = new int[Math.multiplyExact(matrix.rows(), matrix.cols())];
    for (int i = 0; i < values.length; i++) {
      values[i] = matrix.integer(i / matrix.cols(), i % matrix.cols());
    }
    ImmutableList<Long> dims = scaleDims(matrix.tiling());
    return new LinearTensors(
        TensorData.ofSmallIntegers(
            integers.name(),
            integers.type(),
            ImmutableList.of((long) matrix.rows(), (long) matrix.cols()),
            values),
        scalesOf(matrix, dims),
        zerosOf(matrix, dims),
        axis,
        blockSize);
  }

  private ImmutableList<Long> scaleDims(Tiling tiles) {
    if (blockSize > 0) {
      return ImmutableList.of((long) tiles.down(), (long) tiles.across());
    }
    return scales.elements() == 1 ? scales.dims() : ImmutableList.of((long) tiles.count());
  }

  private @Nullable TensorData zerosOf(QuantisedMatrix matrix, ImmutableList<Long> dims) {
    if (zeroPoints == null) {
      return null;
    }
    int[] zeros = new int[matrix.tiling().count()];
    for (int tile = 0; tile < zeros.length; tile++) {
      zeros[tile] = (int) matrix.step(tile).zeroPoint();
    }
    return TensorData.ofSmallIntegers(zeroPoints.name(), zeroPoints.type(), dims, zeros);
  }
}
