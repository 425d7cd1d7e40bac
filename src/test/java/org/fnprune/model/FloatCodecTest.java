package org.fnprune.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FloatCodecTest {

  private static short half(double value) {
    return bits(ElementType.FLOAT16, value);
  }

  private static short bits(ElementType type, double value) {
    return TensorData.ofDoubles("t", type, ImmutableList.of(), new double[] {value})
        .bytes()
        .asReadOnlyByteBuffer()
        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
        .getShort();
  }

  @Test
  void everyHalfSurvivesARoundTrip() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = FloatCodec.halfToFloat((short) bits);
      if (Float.isNaN(value)) {
        assertThat(FloatCodec.halfToFloat(half(value))).isNaN();
      } else {
        assertThat(half(value)).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void everyBfloatSurvivesARoundTrip() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = Float.intBitsToFloat(bits << 16);
      if (!Float.isNaN(value)) {
        assertThat(bits(ElementType.BFLOAT16, value)).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void halvesGrowWithTheirBits() {
    for (int bits = 1; bits <= 0x7c00; bits++) {
      assertThat(FloatCodec.halfToFloat((short) bits))
          .isGreaterThan(FloatCodec.halfToFloat((short) (bits - 1)));
    }
  }

  @Test
  void knownHalves() {
    assertThat(FloatCodec.halfToFloat((short) 0x3c00)).isEqualTo(1f);
    assertThat(FloatCodec.halfToFloat((short) 0xc000)).isEqualTo(-2f);
    assertThat(FloatCodec.halfToFloat((short) 0x7bff)).isEqualTo(65504f);
    assertThat(FloatCodec.halfToFloat((short) 0x0001)).isEqualTo(0x1p-24f);
    assertThat(FloatCodec.halfToFloat((short) 0x0400)).isEqualTo(0x1p-14f);
    assertThat(FloatCodec.halfToFloat((short) 0xfc00)).isEqualTo(Float.NEGATIVE_INFINITY);
  }

  /** Between two neighbours the nearer one wins; in the middle the even one. */
  @Test
  void halvesRoundToNearestEven() {
    SplittableRandom random = new SplittableRandom(1);
    for (int bits = 0; bits < 0x7bff; bits++) {
      double low = FloatCodec.halfToFloat((short) bits);
      double high = FloatCodec.halfToFloat((short) (bits + 1));
      double middle = (low + high) / 2;
      short even = (short) (bits % 2 == 0 ? bits : bits + 1);
      assertThat(half(middle)).isEqualTo(even);
      assertThat(half(-middle)).isEqualTo((short) (even | 0x8000));
      assertThat(half(Math.nextDown(middle))).isEqualTo((short) bits);
      assertThat(half(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
      double between = low + (high - low) * random.nextDouble();
      assertThat(half(between)).isEqualTo((short) (between < middle ? bits : bits + 1));
    }
  }

  @Test
  void bfloatsRoundToNearestEven() {
    for (int bits = 0; bits < 0x7f7f; bits++) {
      double low = Float.intBitsToFloat(bits << 16);
      double middle = (low + Float.intBitsToFloat((bits + 1) << 16)) / 2;
      assertThat(bits(ElementType.BFLOAT16, middle))
          .isEqualTo((short) (bits % 2 == 0 ? bits : bits + 1));
      assertThat(bits(ElementType.BFLOAT16, Math.nextDown(middle))).isEqualTo((short) bits);
      assertThat(bits(ElementType.BFLOAT16, Math.nextUp(middle))).isEqualTo((short) (bits + 1));
    }
  }

  @Test
  void tooLargeIsInfinite() {
    assertThat(half(65519.99)).isEqualTo((short) 0x7bff);
    assertThat(half(65520)).isEqualTo((short) 0x7c00);
    assertThat(half(-1e300)).isEqualTo((short) 0xfc00);
    assertThat(half(Double.POSITIVE_INFINITY)).isEqualTo((short) 0x7c00);
    assertThat(bits(ElementType.BFLOAT16, Double.MAX_VALUE)).isEqualTo((short) 0x7f80);
    assertThat(bits(ElementType.BFLOAT16, Float.MAX_VALUE)).isEqualTo((short) 0x7f80);
  }

  @Test
  void tooSmallIsZeroWithItsSign() {
    assertThat(half(0x1p-25)).isZero();
    assertThat(half(Math.nextUp(0x1p-25))).isEqualTo((short) 1);
    assertThat(half(-Double.MIN_VALUE)).isEqualTo((short) 0x8000);
    assertThat(half(-0.0)).isEqualTo((short) 0x8000);
  }

  @Test
  void notANumberStaysNotANumber() {
    assertThat(half(Double.NaN) & 0x7c00).isEqualTo(0x7c00);
    assertThat(half(Double.NaN) & 0x3ff).isNotZero();
    assertThat(bits(ElementType.BFLOAT16, Double.NaN) & 0x7f).isNotZero();
  }
}
