package org.fnprune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.io.BaseEncoding;
import com.google.common.primitives.Longs;
import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.fnprune.common.Failures;
import org.fnprune.linalg.Matrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code blocks.csv} is what ONNX Runtime's own quantiser makes of {@link #weight}. */
class BlockTensorsTest {

  private static final int OUTPUTS = 2;
  private static final int INPUTS = 40;
  private static final int BLOCK = 16;

  /** Wᵀ, outputs × inputs: numbers that every language divides alike. */
  private static Matrix weight() {
    return Matrix.tabulate(
        OUTPUTS, INPUTS, (j, i) -> ((i * 7919 + j * 104729) % 2003 - 1001) / 1000f);
  }

  private static TensorData bytes(String name, byte[] bytes, long... dims) {
    ImmutableList<Long> shape = ImmutableList.copyOf(Longs.asList(dims));
    return new TensorData(name, ElementType.UINT8, shape, ByteString.copyFrom(bytes));
  }

  private static BlockTensors stored(
      int bits, boolean symmetric, String integers, String zeros, String scales) {
    BaseEncoding hex = BaseEncoding.base16().lowerCase();
    List<String> steps = Splitter.on(' ').splitToList(scales);
    float[] values = new float[steps.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.parseFloat(steps.get(i));
    }
    return new BlockTensors(
        bytes("w", hex.decode(integers), OUTPUTS, 3, BLOCK * bits / 8),
        TensorData.ofFloats("s", ImmutableList.of(2L, 3L), values),
        symmetric ? null : bytes("z", hex.decode(zeros), OUTPUTS, (3L * bits + 7) / 8),
        OUTPUTS,
        INPUTS,
        bits,
        BLOCK);
  }

  private static void assertSameBytes(BlockTensors found, BlockTensors expected) {
    assertThat(found.integers()).isEqualTo(expected.integers());
    assertThat(found.scales()).isEqualTo(expected.scales());
    // Zero points only where they are used: ONNX Runtime fills the last byte of a row with 8s.
    assertThat(found.matrix().dequantised()).isEqualTo(expected.matrix().dequantised());
  }

  @ParameterizedTest
  @CsvFileSource(resources = "blocks.csv", numLinesToSkip = 1)
  void valuesAreQuantisedBitForBitAsOnnxRuntimeDoes(
      int bits, boolean symmetric, String integers, String zeros, String scales) {
    BlockTensors theirs = stored(bits, symmetric, integers, zeros, scales);
    assertSameBytes(theirs.storing(theirs.matrix().with(weight())), theirs);
  }

  @ParameterizedTest
  @CsvFileSource(resources = "blocks.csv", numLinesToSkip = 1)
  void valuesAreWhatMatMulNBitsMultipliesBy(
      int bits, boolean symmetric, String integers, String zeros, String scales) {
    BlockTensors stored = stored(bits, symmetric, integers, zeros, scales);
    Matrix found = OneOperator.matMulNBits(Matrix.identity(INPUTS), stored).transposed();
    assertClose(stored.matrix().dequantised(), found);
    // Two bits are four values: only the others come near the weight that they were made from.
    double error = found.minus(weight()).inner(found.minus(weight())) / weight().inner(weight());
    assertThat(error).isLessThan(bits == 2 ? 0.2 : bits == 4 ? 0.01 : 1e-4);
  }

  @ParameterizedTest
  @CsvFileSource(resources = "blocks.csv", numLinesToSkip = 1)
  void outputsAndWholeBlocksOfInputsAreCutExactly(
      int bits, boolean symmetric, String integers, String zeros, String scales) {
    BlockTensors stored = stored(bits, symmetric, integers, zeros, scales);
    QuantisedMatrix.Cut output = stored.matrix().selectRows(new int[] {1});
    int[] inputs = IntStream.concat(IntStream.range(0, 16), IntStream.range(32, 40)).toArray();
    QuantisedMatrix.Cut blocks = output.matrix().selectCols(inputs);

    assertThat(output.isExact()).isTrue();
    assertThat(blocks.isExact()).isTrue();
    Matrix expected = stored.matrix().dequantised().selectRows(new int[] {1}).selectCols(inputs);
    assertThat(blocks.matrix().dequantised()).isEqualTo(expected);
    BlockTensors cut = stored.storing(blocks.matrix());
    assertThat(cut.integers().dims()).containsExactly(1L, 2L, (long) BLOCK * bits / 8);
    assertThat(cut.scales().dims()).containsExactly(1L, 2L);
    assertClose(
        expected, OneOperator.matMulNBits(Matrix.identity(inputs.length), cut).transposed());
  }

  @ParameterizedTest
  @CsvFileSource(resources = "blocks.csv", numLinesToSkip = 1)
  void partsOfBlocksAreQuantisedAgainAndTheErrorIsTold(
      int bits, boolean symmetric, String integers, String zeros, String scales) {
    BlockTensors stored = stored(bits, symmetric, integers, zeros, scales);
    int[] inputs = IntStream.range(0, INPUTS).filter(i -> i % 3 != 0).toArray();
    QuantisedMatrix.Cut cut = stored.matrix().selectCols(inputs);

    Matrix kept = stored.matrix().dequantised().selectCols(inputs);
    Matrix difference = cut.matrix().dequantised().minus(kept);
    double error = Math.sqrt(difference.inner(difference) / kept.inner(kept));
    assertThat(cut.error()).isCloseTo(error, within(1e-12));
    assertThat(cut.isExact()).isFalse();
    assertThat(error).isLessThan(bits == 2 ? 0.5 : bits == 4 ? 0.1 : 0.01);
    BlockTensors slim = stored.storing(cut.matrix());
    assertClose(
        cut.matrix().dequantised(),
        OneOperator.matMulNBits(Matrix.identity(inputs.length), slim).transposed());
  }

  @Test
  void aBlockThatIsPartOfOneOldBlockKeepsItsValues() {
    BlockTensors stored = random(64, 2, false);
    int[] everyOther = IntStream.range(0, 32).map(i -> 2 * i).toArray();
    QuantisedMatrix.Cut cut = stored.matrix().selectCols(everyOther);
    assertThat(cut.isExact()).isFalse();
    int[] half = IntStream.range(0, 16).filter(i -> i % 2 == 1).toArray();
    assertThat(stored.matrix().selectCols(half).isExact()).isTrue();
  }

  @Test
  void anOldStepIsKeptWhereANewOneIsWorse() {
    // 14 of 16 values are of the first block, whose largest value is gone: a new step from the
    // largest value left would move all of them off their grid.
    BlockTensors stored = random(32, 1, false);
    int[] inputs = IntStream.concat(IntStream.range(1, 15), IntStream.of(16, 17)).toArray();
    QuantisedMatrix matrix = stored.matrix();
    QuantisedMatrix.Cut cut = matrix.selectCols(inputs);
    Matrix kept = matrix.dequantised().selectCols(inputs);
    Matrix fresh = matrix.with(kept).dequantised().minus(kept);
    assertThat(cut.error()).isLessThanOrEqualTo(Math.sqrt(fresh.inner(fresh) / kept.inner(kept)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void zeroPointsMayBeFloatsAndAxesMerged(boolean merged) {
    BlockTensors packed = random(32, 3, true);
    double[] zeros = new double[6];
    for (int tile = 0; tile < 6; tile++) {
      zeros[tile] = packed.matrix().step(tile).zeroPoint() + 0.25;
    }
    ImmutableList<Long> dims = merged ? ImmutableList.of(6L) : ImmutableList.of(3L, 2L);
    BlockTensors floats =
        new BlockTensors(
            packed.integers(),
            TensorData.ofDoubles("s", ElementType.FLOAT, dims, packed.scales().toDoubles()),
            TensorData.ofDoubles("z", ElementType.FLOAT, dims, zeros),
            3,
            32,
            4,
            BLOCK);
    assertClose(
        floats.matrix().dequantised(),
        OneOperator.matMulNBits(Matrix.identity(32), floats).transposed());
    BlockTensors cut = floats.storing(floats.matrix().selectRows(new int[] {0, 2}).matrix());
    assertThat(cut.scales().rank()).isEqualTo(merged ? 1 : 2);
    assertThat(Objects.requireNonNull(cut.zeroPoints()).toDoubles())
        .containsExactly(zeros[0], zeros[1], zeros[4], zeros[5]);
  }

  @Test
  void tensorsThatDoNotFitAreRefused() {
    BlockTensors right = random(32, 3, true);
    assertThat(
            Failures.of(
                () ->
                    new BlockTensors(
                        right.integers(), right.scales(), right.zeroPoints(), 3, 48, 4, BLOCK)))
        .contains("is not 3 × 48 integers of 4 bits in blocks of 16 with their scales");
    assertThat(
            Failures.of(
                () -> new BlockTensors(right.integers(), right.scales(), null, 3, 32, 3, BLOCK)))
        .contains("integers of 3 bits");
    assertThat(
            Failures.of(
                () ->
                    new BlockTensors(
                        right.integers(),
                        right.scales(),
                        right.scales().slice(-1, new int[] {0}),
                        3,
                        32,
                        4,
                        BLOCK)))
        .contains("with their scales");
  }

  private static BlockTensors random(int inputs, int outputs, boolean zeroPoints) {
    int blocks = inputs / BLOCK;
    byte[] integers = new byte[outputs * inputs / 2];
    byte[] zeros = new byte[outputs * ((blocks + 1) / 2)];
    SplittableRandom random = new SplittableRandom(7);
    random.nextBytes(integers);
    random.nextBytes(zeros);
    float[] scales = new float[outputs * blocks];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = (float) random.nextDouble(0.5, 1.5);
    }
    return new BlockTensors(
        bytes("w", integers, outputs, blocks, BLOCK / 2),
        TensorData.ofFloats("s", ImmutableList.of((long) outputs, (long) blocks), scales),
        zeroPoints ? bytes("z", zeros, outputs, (blocks + 1) / 2) : null,
        outputs,
        inputs,
        4,
        BLOCK);
  }

  private static void assertClose(Matrix expected, Matrix found) {
    Matrix difference = expected.minus(found);
    assertThat(difference.inner(difference)).isLessThan(1e-11 * expected.inner(expected));
  }
}
