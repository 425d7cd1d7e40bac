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
      case FLOAT16 -> out.putShort(floatToHalf((float) value));
      case BFLOAT16 -> out.putShort(floatToBfloat((float) value));
      default -> throw new IllegalArgumentException(type + " is not a floating-point type");
    }
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

  /** IEEE 754 binary32 to binary16, to nearest even; overflow gives infinity. */
  static short floatToHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    float magnitude = Math.abs(value);
    if (Float.isNaN(value)) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= 65520f) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x1p-14f) {
      return (short) (sign | (int) Math.rint(magnitude * 0x1p24));
    }
    int magnitudeBits = bits & 0x7fffffff;
    int rounded = magnitudeBits + 0xfff + (magnitudeBits >>> 13 & 1);
    return (short) (sign | (rounded >>> 13) - (112 << 10));
  }

  private static short floatToBfloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
  }
}
