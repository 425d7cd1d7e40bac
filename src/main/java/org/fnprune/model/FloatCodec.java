package org.fnprune.model;

import java.nio.ByteBuffer;

/** Reads and writes single floating-point values of the types that ONNX has. */
final class FloatCodec {

  private FloatCodec() {}

  static double get(ByteBuffer in, ElementType type) {
    return switch (type) {
      case FLOAT -> in.getFloat();
      case DOUBLE -> in.getDouble();
      case FLOAT16 -> halfToFloat(in.getShort());
      case BFLOAT16 -> Float.intBitsToFloat(in.getShort() << 16);
      default -> throw new IllegalArgumentException(type + " is not a floating-point type");
    };
  }

  static void put(ByteBuffer out, ElementType type, double value) {
    switch (type) {
      case FLOAT -> out.putFloat((float) value);
      case DOUBLE -> out.putDouble(value);
      case FLOAT16 -> out.putShort(round(value, 10, 15));
      case BFLOAT16 -> out.putShort(round(value, 7, 127));
      default -> throw new IllegalArgumentException(type + " is not a floating-point type");
    }
  }

  /** The value of {@code type} that is nearest to {@code value}. */
  static double nearest(double value, ElementType type) {
    ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES);
    put(bytes, type, value);
    return get(bytes.rewind(), type);
  }

  /** IEEE 754 binary16 to binary32. */
  static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1f;
    int mantissa = half & 0x3ff;
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f800000 | mantissa << 13);
    }
    if (exponent == 0) {
      float magnitude = mantissa * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    return Float.intBitsToFloat(sign | (exponent + 112) << 23 | mantissa << 13);
  }

  /**
   * The nearest value of a 16-bit format, ties to even, in one step from double: rounding to float
   * first would turn values just beside a tie into ties. Overflow gives infinity.
   *
   * @param mantissa its explicit mantissa bits
   * @param bias of its exponent, which is also its largest exponent
   */
  private static short round(double value, int mantissa, int bias) {
    int sign = Math.copySign(1, value) < 0 ? 0x8000 : 0;
    int infinity = (2 * bias + 1) << mantissa;
    if (Double.isNaN(value)) {
      return (short) (sign | infinity | 1 << (mantissa - 1));
    }
    int exponent = Math.max(Math.getExponent(value), 1 - bias);
    if (exponent > bias) {
      return (short) (sign | infinity);
    }
    // Steps of 2^(exponent − mantissa); a carry runs into the exponent's bits, as it should.
    int steps = (int) Math.rint(Math.scalb(Math.abs(value), mantissa - exponent));
    return (short) (sign | ((exponent + bias - 1) << mantissa) + steps);
  }
}
