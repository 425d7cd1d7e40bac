package org.fnprune.model;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import org.fnprune.common.UsageException;

/** Element types whose values take whole bytes, so that channels can be cut out of raw data. */
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
  BOOL(DataType.BOOL, 1);

  private final DataType onnx;
  private final int bytes;

  ElementType(DataType onnx, int bytes) {
    this.onnx = onnx;
    this.bytes = bytes;
  }

  /** Bytes of one value. */
  public int bytes() {
    return bytes;
  }

  /** The number of this type in ONNX files. */
  public int number() {
    return onnx.getNumber();
  }

  /** Whether values are floating point: weights, not indices. */
  public boolean isFloat() {
    return this == FLOAT || this == DOUBLE || this == FLOAT16 || this == BFLOAT16;
  }

  /** Whether the type with ONNX number {@code number} is floating point. */
  public static boolean isFloat(int number) {
    return java.util.Arrays.stream(values()).anyMatch(t -> t.number() == number && t.isFloat());
  }

  /**
   * The type with ONNX number {@code number}.
   *
   * @throws UsageException for types that are not supported, such as strings and 4-bit integers
   */
  public static ElementType of(int number, String tensor) {
    for (ElementType type : values()) {
      if (type.number() == number) {
        return type;
      }
    }
    throw new UsageException(
        "tensor '" + tensor + "' has element type " + name(number) + ", which cannot be read",
        "supported are float, double, float16, bfloat16, bool and whole-byte integers");
  }

  private static String name(int number) {
    DataType type = DataType.forNumber(number);
    return type == null ? "number " + number : type.name();
  }
}
