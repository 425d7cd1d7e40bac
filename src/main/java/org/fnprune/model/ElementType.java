package org.fnprune.model;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.Arrays;
import org.fnprune.common.UsageException;

/** Element types that channels can be cut out of: whole bytes, or integers packed two per byte. */
public enum ElementType {
  FLOAT(DataType.FLOAT, 4),
  DOUBLE(DataType.DOUBLE, 8),
  FLOAT16(DataType.FLOAT16, 2),
  BFLOAT16(DataType.BFLOAT16, 2),
  INT8(DataType.INT8, 1),
  UINT8(DataType.UINT8, 1),
  INT16(DataType.INT16, 2),
  UINT16(DataType.UINT16, 2),
  INT32(DataType.INT32, 4),
  UINT32(DataType.UINT32, 4),
  INT64(DataType.INT64, 8),
  UINT64(DataType.UINT64, 8),
  BOOL(DataType.BOOL, 1),
  INT4(DataType.INT4),
  UINT4(DataType.UINT4);

  private final DataType onnx;
  private final int bits;

  ElementType(DataType onnx, int bytes) {
    this.onnx = onnx;
    this.bits = 8 * bytes;
  }

  /** A type of which two values share one byte, the first in its low half. */
  ElementType(DataType onnx) {
    this.onnx = onnx;
    this.bits = 4;
  }

  /**
   * Bytes of one value.
   *
   * @throws IllegalStateException for types that are packed
   */
  public int bytes() {
    if (isPacked()) {
      throw new IllegalStateException(this + " values take no whole bytes");
    }
    return bits / 8;
  }

  /**
   * Bytes that {@code elements} values take together.
   *
   * @throws ArithmeticException when they are more than a long can count
   */
  public long bytesOf(long elements) {
    return isPacked() ? elements / 2 + elements % 2 : Math.multiplyExact(elements, (long) bytes());
  }

  /** Bits of one value. */
  public int bits() {
    return bits;
  }

  /** Whether two values share one byte. */
  public boolean isPacked() {
    return bits < 8;
  }

  /** The number of this type in ONNX files. */
  public int number() {
    return onnx.getNumber();
  }

  /** Whether values are floating point: weights, not indices. */
  public boolean isFloat() {
    return this == FLOAT || this == DOUBLE || this == FLOAT16 || this == BFLOAT16;
  }

  /** Whether values are small integers that stand for real numbers in quantised weights. */
  public boolean isQuantised() {
    return this == INT8 || this == UINT8 || this == INT4 || this == UINT4;
  }

  /** Whether an integer type has negative values. */
  public boolean isSigned() {
    return this == INT8 || this == INT16 || this == INT32 || this == INT64 || this == INT4;
  }

  /** Whether the type with ONNX number {@code number} is floating point. */
  public static boolean isFloat(int number) {
    return Arrays.stream(values()).anyMatch(t -> t.number() == number && t.isFloat());
  }

  /**
   * The type with ONNX number {@code number}.
   *
   * @throws UsageException for types that are not supported, such as strings and 8-bit floats
   */
  public static ElementType of(int number, String tensor) {
    for (ElementType type : values()) {
      if (type.number() == number) {
        return type;
      }
    }
    throw new UsageException(
        "tensor '" + tensor + "' has element type " + name(number) + ", which cannot be read",
        "supported are float, double, float16, bfloat16, bool and integers of 4 bits or more");
  }

  private static String name(int number) {
    DataType type = DataType.forNumber(number);
    return type == null ? "number " + number : type.name();
  }
}
