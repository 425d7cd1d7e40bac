package org.fnprune.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/**
 * An input beyond the model's own: its values, row-major, and its shape. They lie outside the heap,
 * where ONNX Runtime reads them without a copy, for as many batches as they are given to.
 */
public final class ExtraInput {

  private final Buffer values;
  private final long[] shape;

  private ExtraInput(Buffer values, long[] shape) {
    this.values = values;
    this.shape = shape.clone();
  }

  /** Floats. */
  public ExtraInput(float[] values, long... shape) {
    this(Direct.floats(values.length).put(values).rewind(), shape);
  }

  /** Integers of 64 bits. */
  public static ExtraInput ofLongs(long[] values, long... shape) {
    LongBuffer buffer = Direct.bytes(Math.multiplyExact(values.length, Long.BYTES)).asLongBuffer();
    return new ExtraInput(buffer.put(values).rewind(), shape);
  }

  /** An output of one session as an input of another. */
  public static ExtraInput of(BatchRunner.Output output) {
    float[] values = new float[output.values().remaining()];
    output.values().get(0, values);
    return new ExtraInput(values, output.shape().toArray());
  }

  /** Floats become whatever type of number the model declares. */
  OnnxTensor tensor(OrtEnvironment environment, NodeInfo declared) throws OrtException {
    OnnxJavaType type = ((TensorInfo) declared.getInfo()).type;
    if (values instanceof FloatBuffer floats && type != OnnxJavaType.FLOAT) {
      return InputTensors.of(environment, type, shape, floats::get);
    }
    return values instanceof FloatBuffer floats
        ? OnnxTensor.createTensor(environment, floats, shape)
        : OnnxTensor.createTensor(environment, (LongBuffer) values, shape);
  }
}
