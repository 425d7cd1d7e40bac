package org.fnprune.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableLongArray;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Memory that float outputs are written to without a copy on the CPU, and with the one copy from
 * the device on a GPU. It is used again for as long as the shapes stay the same.
 */
public final class PinnedOutputs implements AutoCloseable {

  private record Pinned(ImmutableLongArray shape, FloatBuffer values, OnnxTensor tensor) {}

  private final Map<String, Pinned> outputs = new HashMap<>();

  /**
   * Makes room.
   *
   * @param shapes of all outputs by name
   */
  void prepare(Map<String, ImmutableLongArray> shapes) {
    shapes.forEach(
        (name, shape) -> {
          Pinned before = outputs.get(name);
          if (before == null || !before.shape().equals(shape)) {
            outputs.put(name, pin(shape));
            if (before != null) {
              before.tensor().close();
            }
          }
        });
  }

  private static Pinned pin(ImmutableLongArray shape) {
    int size = Math.toIntExact(shape.stream().reduce(1, Math::multiplyExact));
    FloatBuffer values = Direct.floats(size);
    try {
      return new Pinned(
          shape, values, OnnxTensor.createTensor(Environments.get(), values, shape.toArray()));
    } catch (OrtException e) {
      throw new ModelRunException("an output tensor could not be made: " + e.getMessage(), e);
    }
  }

  /** The values of one output, row-major, until the next run. */
  public FloatBuffer get(String name) {
    Pinned pinned = outputs.get(name);
    if (pinned == null) {
      throw new IllegalArgumentException("no output '" + name + "'");
    }
    return pinned.values();
  }

  Map<String, OnnxTensor> tensors() {
    return outputs.entrySet().stream()
        .collect(ImmutableMap.toImmutableMap(Map.Entry::getKey, e -> e.getValue().tensor()));
  }

  @Override
  public void close() {
    outputs.values().forEach(output -> output.tensor().close());
    outputs.clear();
  }
}
