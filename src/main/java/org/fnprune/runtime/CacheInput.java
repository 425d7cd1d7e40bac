package org.fnprune.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableLongArray;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.fnprune.common.UsageException;

/**
 * An input for the keys and values of earlier tokens. The usual layouts are batch × heads × tokens
 * × head size, the same with tokens and head size or heads and tokens exchanged, both caches
 * stacked in front of it (ONNX Runtime's Attention), and batch × tokens × channels.
 *
 * @param declared sizes as the graph declares them, −1 where it leaves them open
 * @param lengthAxis the axis of tokens
 */
record CacheInput(String name, TensorInfo info, ImmutableLongArray declared, int lengthAxis) {

  private static final int STACKED_RANK = 5;
  private static final long SEED = 20_508;

  /** The cache that an input is, if it is one. */
  static Optional<CacheInput> of(NodeInfo input) {
    String name = input.getName();
    if (!(input.getInfo() instanceof TensorInfo info) || !isCache(name, info)) {
      return Optional.empty();
    }
    ImmutableLongArray declared = ImmutableLongArray.copyOf(info.getShape());
    return Optional.of(new CacheInput(name, info, declared, lengthAxis(declared)));
  }

  private static boolean isCache(String name, TensorInfo info) {
    String lower = name.toLowerCase(Locale.ROOT);
    return info.getShape().length >= 3
        && (lower.startsWith("past") || lower.contains("past_key") || lower.contains("cache"));
  }

  /** The last open axis between batch and channels; the usual one where all are fixed. */
  private static int lengthAxis(ImmutableLongArray declared) {
    int last = declared.length() - 1;
    for (int axis = last - 1; axis > batchAxis(declared); axis--) {
      if (declared.get(axis) < 0) {
        return axis;
      }
    }
    return declared.get(last) < 0 ? last : last - 1;
  }

  private static int batchAxis(ImmutableLongArray declared) {
    return declared.length() == STACKED_RANK ? 1 : 0;
  }

  /** Whether the graph takes as many earlier tokens as there are. */
  boolean isOpen() {
    return declared.get(lengthAxis) < 0;
  }

  /** Whether it holds what the encoder saw, which does not grow. */
  boolean isOfEncoder() {
    return name.contains("encoder") || name.contains("cross");
  }

  /** Earlier tokens at the first step: none, unless the graph insists on a number. */
  int firstLength() {
    return isOpen() ? 0 : Math.toIntExact(declared.get(lengthAxis));
  }

  /** The output that becomes this input at the next step. */
  Optional<String> present(Set<String> outputs) {
    return ImmutableList.of(
            name.replace("past_key_values", "present"),
            name.replace("past_key_values", "present_key_values"),
            name.replace("past", "present"),
            name.replace("past", "new"),
            name + "_out",
            name + "_present")
        .stream()
        .filter(output -> !output.equals(name) && outputs.contains(output))
        .findFirst();
  }

  /**
   * The cache at the first step. What a fixed or an encoder's cache holds is random, and the same
   * for all heads: a model that has lost some of them gets the same keys and values.
   *
   * @param length tokens in it
   * @throws UsageException when neither the graph nor {@code sizes} tells the head size
   */
  OnnxTensor first(OrtEnvironment environment, int batch, int length, InputSizes sizes)
      throws OrtException {
    long[] shape = declared.toArray();
    shape[batchAxis(declared)] = Math.max(batch, shape[batchAxis(declared)]);
    shape[lengthAxis] = length;
    for (int axis = 0; axis < shape.length; axis++) {
      if (shape[axis] < 0) {
        shape[axis] = open(axis, sizes);
      }
    }
    int channelAxis = lengthAxis == shape.length - 1 ? lengthAxis - 1 : shape.length - 1;
    double[] values = values(length, Math.toIntExact(shape[channelAxis]));
    return InputTensors.of(
        environment,
        info.type,
        shape,
        i -> values[index(shape, i, lengthAxis) + length * index(shape, i, channelAxis)]);
  }

  private long open(int axis, InputSizes sizes) {
    if (axis < declared.length() - 1) {
      throw new UsageException(
          "cache input '" + name + "' declares neither its heads nor its tokens: " + declared,
          "export the model with a fixed number of heads");
    }
    return sizes
        .head()
        .orElseThrow(
            () ->
                new UsageException(
                    "cache input '" + name + "' does not declare its head size",
                    "put the model's genai_config.json (head_size) or config.json (head_dim)"
                        + " beside it"));
  }

  private static double[] values(int length, int channels) {
    Random random = new Random(SEED);
    double[] values = new double[length * channels];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian();
    }
    return values;
  }

  /** Where the row-major index {@code i} lies along {@code axis}. */
  private static int index(long[] shape, int i, int axis) {
    int rest = i;
    for (int a = shape.length - 1; a > axis; a--) {
      rest /= Math.toIntExact(shape[a]);
    }
    return rest % Math.toIntExact(shape[axis]);
  }
}
