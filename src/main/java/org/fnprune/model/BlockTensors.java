package org.fnprune.model;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import org.fnprune.common.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * A quantised matrix as ONNX Runtime's MatMulNBits reads it: stored outputs × inputs, each row in
 * blocks, the first value of each byte in its lowest bits, the last block filled up.
 *
 * @param integers uint8, outputs × blocks × bytes of a block
 * @param scales one for each block of each row; the axes may be merged
 * @param zeroPoints packed as the integers are, each row in whole bytes, or of the scales' type and
 *     shape; null when all are in the middle of the range
 * @param rows N, outputs
 * @param cols K, inputs
 * @param bits of one integer: 2, 4 or 8
 * @param blockSize inputs that share a scale
 */
public record BlockTensors(
    TensorData integers,
    TensorData scales,
    @Nullable TensorData zeroPoints,
    int rows,
    int cols,
    int bits,
    int blockSize)
    implements QuantisedTensors {

  /**
   * Checks that the tensors fit each other.
   *
   * @throws UsageException when they do not
   */
  public BlockTensors {
    boolean known = (bits == 2 || bits == 4 || bits == 8) && blockSize > 0 && rows > 0 && cols > 0;
    if (!known || !fits(integers, scales, zeroPoints, new Tiling(rows, cols, 1, blockSize), bits)) {
      throw new UsageException(
          "quantised weight '"
              + integers.name()
              + "' of shape "
              + integers.dims()
              + " is not "
              + rows
              + " × "
              + cols
              + " integers of "
              + bits
              + " bits in blocks of "
              + blockSize
              + " with their scales",
          "the file is damaged; export the model again");
    }
  }

  private static boolean fits(
      TensorData integers,
      TensorData scales,
      @Nullable TensorData zeroPoints,
      Tiling tiles,
      int bits) {
    long blocks = tiles.across();
    boolean zerosFit =
        zeroPoints == null
            || (zeroPoints.type() == scales.type()
                ? zeroPoints.elements() == scales.elements()
                : zeroPoints.type() == ElementType.UINT8
                    && zeroPoints.elements() == tiles.rows() * (long) bytes(tiles.across(), bits));
    return zerosFit
        && integers.type() == ElementType.UINT8
        && integers.elements() == tiles.rows() * blocks * bytes(tiles.tileCols(), bits)
        && scales.type().isFloat()
        && scales.elements() == tiles.rows() * blocks;
  }

  /** Bytes that {@code count} integers take. */
  private static int bytes(int count, int bits) {
    return Math.toIntExact(((long) count * bits + 7) / 8);
  }

  private Tiling tiling() {
    return new Tiling(rows, cols, 1, blockSize);
  }

  @Override
  public QuantisedMatrix matrix() {
    double[] steps = scales.toDoubles();
    double[] zeros = zeros(steps.length);
    IntegerRange range = IntegerRange.of(bits, false);
    boolean symmetric = Arrays.stream(zeros).allMatch(zero -> zero == range.centre());
    QuantisedMatrix matrix =
        new QuantisedMatrix(
            tiling(), new QuantisationScheme(range, symmetric, true, scales.type()));
    for (int tile = 0; tile < steps.length; tile++) {
      matrix.put(tile, new Step(steps[tile], zeros[tile]));
    }
    for (int row = 0; row < rows; row++) {
      for (int col = 0; col < cols; col++) {
        matrix.put(row, col, unpacked(integers, integerAt(row, col, tiling())));
      }
    }
    return matrix;
  }

  private double[] zeros(int count) {
    double[] zeros = new double[count];
    if (zeroPoints == null) {
      Arrays.fill(zeros, IntegerRange.of(bits, false).centre());
    } else if (zeroPoints.type().isFloat()) {
      return zeroPoints.toDoubles();
    } else {
      for (int tile = 0; tile < count; tile++) {
        zeros[tile] = unpacked(zeroPoints, zeroAt(tile, tiling()));
      }
    }
    return zeros;
  }

  /** Where an integer lies, counted in integers. */
  private long integerAt(int row, int col, Tiling tiles) {
    long blob = (long) bytes(blockSize, bits) * 8 / bits;
    return ((long) row * tiles.across() + col / blockSize) * blob + col % blockSize;
  }

  /** Where the zero point of a block lies, counted in integers. */
  private long zeroAt(int tile, Tiling tiles) {
    long row = (long) bytes(tiles.across(), bits) * 8 / bits;
    return tile / tiles.across() * row + tile % tiles.across();
  }

  private int unpacked(TensorData data, long at) {
    int bitAt = (int) (at * bits % 8);
    return data.bytes().byteAt((int) (at * bits / 8)) >> bitAt & ((1 << bits) - 1);
  }

  private void pack(byte[] bytes, long at, int integer) {
    bytes[(int) (at * bits / 8)] |= (byte) (integer << at * bits % 8);
  }

  @Override
  public BlockTensors storing(QuantisedMatrix matrix) {
    Tiling tiles = matrix.tiling();
    byte[] packed = new byte[Math.multiplyExact(tiles.count(), bytes(blockSize, bits))];
    for (int row = 0; row < tiles.rows(); row++) {
      for (int col = 0; col < tiles.cols(); col++) {
        pack(packed, integerAt(row, col, tiles), matrix.integer(row, col));
      }
    }
    ImmutableList<Long> dims =
        ImmutableList.of((long) tiles.rows(), (long) tiles.across(), (long) bytes(blockSize, bits));
    return new BlockTensors(
        integers.withBytes(dims, packed),
        scalesOf(matrix, dimsLike(scales, tiles.rows(), tiles.across())),
        zerosOf(matrix),
        tiles.rows(),
        tiles.cols(),
        bits,
        blockSize);
  }

  private @Nullable TensorData zerosOf(QuantisedMatrix matrix) {
    if (zeroPoints == null) {
      return null;
    }
    Tiling tiles = matrix.tiling();
    if (zeroPoints.type().isFloat()) {
      double[] zeros = new double[tiles.count()];
      Arrays.setAll(zeros, tile -> matrix.step(tile).zeroPoint());
      ImmutableList<Long> dims = dimsLike(zeroPoints, tiles.rows(), tiles.across());
      return TensorData.ofDoubles(zeroPoints.name(), zeroPoints.type(), dims, zeros);
    }
    int row = bytes(tiles.across(), bits);
    byte[] packed = new byte[Math.multiplyExact(tiles.rows(), row)];
    for (int tile = 0; tile < tiles.count(); tile++) {
      pack(packed, zeroAt(tile, tiles), (int) matrix.step(tile).zeroPoint());
    }
    return zeroPoints.withBytes(dimsLike(zeroPoints, tiles.rows(), row), packed);
  }

  /** Older files merge the axes of scales and zero points. */
  private static ImmutableList<Long> dimsLike(TensorData old, int rows, int cols) {
    return old.rank() == 1
        ? ImmutableList.of(Math.multiplyExact((long) rows, (long) cols))
        : ImmutableList.of((long) rows, (long) cols);
  }
}
