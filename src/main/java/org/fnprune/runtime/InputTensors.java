package org.fnprune.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;
import java.util.function.IntToDoubleFunction;

/** Makes a tensor of whatever type a model declares. */
final class InputTensors {

  private InputTensors() {}

  /**
   * A tensor with the given values.
   *
   * @param values value at each row-major index
   */
  static OnnxTensor of(
      OrtEnvironment environment, OnnxJavaType type, long[] shape, IntToDoubleFunction values)
      throws OrtException {
    int count = 1;
    for (long size : shape) {
      count = Math.multiplyExact(count, Math.toIntExact(size));
    }
    ByteBuffer bytes = Direct.bytes(Math.multiplyExact(count, type.size));
    for (int i = 0; i < count; i++) {
      put(bytes, type, values.applyAsDouble(i));
    }
    return OnnxTensor.createTensor(environment, bytes.rewind(), shape, type);
  }

  private static void put(ByteBuffer bytes, OnnxJavaType type, double value) {
    switch (type) {
      case FLOAT -> bytes.putFloat((float) value);
      case DOUBLE -> bytes.putDouble(value);
      case FLOAT16 -> bytes.putShort(Fp16Conversions.floatToFp16((float) value));
      case BFLOAT16 -> bytes.putShort(Fp16Conversions.floatToBf16((float) value));
      case INT64 -> bytes.putLong((long) value);
      case INT32 -> bytes.putInt((int) value);
      case INT16 -> bytes.putShort((short) value);
      case INT8, UINT8, BOOL -> bytes.put((byte) value);
      default -> throw new IllegalArgumentException("no input tensors of type " + type);
    }
  }
}
