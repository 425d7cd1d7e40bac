package org.fnprune.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.fnprune.common.UsageException;
import org.fnprune.data.TokenBatch;

/**
 * Fills a model's inputs from a batch of tokens: ids, mask, positions and segment ids by their
 * usual names, an empty cache for {@code past_key_values.*}, seeded noise for images.
 */
final class Feeds implements AutoCloseable {

  private final Map<String, OnnxTensor> tensors = new HashMap<>();
  private final OnnxSession session;

  private Feeds(OnnxSession session) {
    this.session = session;
  }

  /**
   * The feeds for one batch.
   *
   * @param extra further inputs, such as channel masks: name to values of a vector or matrix
   * @throws UsageException when the model has an input that fnprune does not know how to fill
   */
  static Feeds of(OnnxSession session, TokenBatch batch, Map<String, ExtraInput> extra) {
    Feeds feeds = new Feeds(session);
    try {
      for (Map.Entry<String, NodeInfo> input : session.inputs().entrySet()) {
        TensorInfo info = (TensorInfo) input.getValue().getInfo();
        ExtraInput given = extra.get(input.getKey());
        feeds.tensors.put(
            input.getKey(),
            given != null
                ? given.tensor(session.environment())
                : feeds.fill(input.getKey(), info, batch));
      }
      return feeds;
    } catch (OrtException e) {
      feeds.close();
      throw new ModelRunException("an input tensor could not be made: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      feeds.close();
      throw e;
    }
  }

  Map<String, OnnxTensor> tensors() {
    return tensors;
  }

  private OnnxTensor fill(String name, TensorInfo info, TokenBatch batch) throws OrtException {
    long[] shape = {batch.size(), batch.length()};
    if (name.startsWith("past_key_values")) {
      return emptyCache(name, info, batch);
    }
    return switch (name) {
      case "input_ids" -> integers(batch.ids(), shape, info);
      case "attention_mask" -> integers(batch.mask(), shape, info);
      case "token_type_ids" -> integers(new long[batch.ids().length], shape, info);
      case "position_ids" -> integers(positions(batch), shape, info);
      default -> {
        if (info.type != OnnxJavaType.FLOAT || info.getShape().length < 3) {
          throw new UsageException(
              "model input '" + name + "' (" + info.type + ") is not one that fnprune can fill",
              "known inputs: input_ids, attention_mask, position_ids, token_type_ids,"
                  + " past_key_values.*, and float images");
        }
        yield noise(info, batch);
      }
    };
  }

  private static long[] positions(TokenBatch batch) {
    long[] positions = new long[batch.size() * batch.length()];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = i % batch.length();
    }
    return positions;
  }

  private OnnxTensor emptyCache(String name, TensorInfo info, TokenBatch batch)
      throws OrtException {
    long[] shape = info.getShape().clone();
    shape[0] = batch.size();
    for (int i = 1; i < shape.length; i++) {
      if (shape[i] < 0 && i == shape.length - 1) {
        throw new UsageException(
            "cache input '" + name + "' does not declare its head size",
            "models with such a cache can be inspected but not run yet");
      }
      shape[i] = Math.max(0, shape[i]);
    }
    if (info.type == OnnxJavaType.FLOAT16 || info.type == OnnxJavaType.BFLOAT16) {
      return OnnxTensor.createTensor(
          session.environment(), Direct.bytes(0).asShortBuffer(), shape, info.type);
    }
    return OnnxTensor.createTensor(session.environment(), Direct.bytes(0).asFloatBuffer(), shape);
  }

  /** Standard normal pixels; the batch size replaces the first symbolic axis, 1 the others. */
  private OnnxTensor noise(TensorInfo info, TokenBatch batch) throws OrtException {
    long[] shape = info.getShape().clone();
    int values = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = shape[i] < 0 ? (i == 0 ? batch.size() : 1) : shape[i];
      values = Math.multiplyExact(values, Math.toIntExact(shape[i]));
    }
    Random random = new Random(batch.tokens());
    float[] pixels = new float[values];
    for (int i = 0; i < values; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    return floats(pixels, shape);
  }

  private OnnxTensor floats(float[] values, long[] shape) throws OrtException {
    FloatBuffer buffer = Direct.floats(values.length).put(values).rewind();
    return OnnxTensor.createTensor(session.environment(), buffer, shape);
  }

  private OnnxTensor integers(long[] values, long[] shape, TensorInfo info) throws OrtException {
    if (info.type == OnnxJavaType.INT32) {
      IntBuffer buffer = Direct.bytes(values.length * 4).asIntBuffer();
      for (long value : values) {
        buffer.put((int) value);
      }
      return OnnxTensor.createTensor(session.environment(), buffer.rewind(), shape);
    }
    if (info.type == OnnxJavaType.FLOAT) {
      float[] floats = new float[values.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = values[i];
      }
      return floats(floats, shape);
    }
    LongBuffer buffer = Direct.bytes(values.length * 8).asLongBuffer().put(values).rewind();
    return OnnxTensor.createTensor(session.environment(), buffer, shape);
  }

  @Override
  public void close() {
    tensors.values().forEach(OnnxTensor::close);
  }
}
