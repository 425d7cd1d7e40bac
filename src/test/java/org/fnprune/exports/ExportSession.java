package org.fnprune.exports;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.fnprune.model.OnnxModel;
import org.fnprune.runtime.OnnxSession;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;

/**
 * Runs an export or what was made of it. Every input follows from its name and the shape of the run
 * alone, so that two models get the same, also where a cache has fewer heads.
 */
final class ExportSession implements AutoCloseable {

  private static final int FIRST_TOKEN = 3;
  private static final int TOKENS = 20;
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  private final OnnxSession session;
  private final Export export;
  private final String output;

  ExportSession(Export export, OnnxModel model) {
    this.export = export;
    this.session = OnnxSession.ofModel(model, RuntimeOptions.cpu(1).withExactIntegers());
    this.output = model.graph().getOutput(0).getName();
  }

  /**
   * The first output.
   *
   * @param plan which heads of a cache this model has, if it is a slim one; a plan without units
   *     for a dense one
   * @param masks vectors for inputs that the exporter did not make
   */
  float[] run(Export.Run at, PruningPlan plan, Map<String, float[]> masks) {
    Map<String, OnnxTensor> feeds = new HashMap<>();
    try {
      for (Map.Entry<String, NodeInfo> input : session.inputs().entrySet()) {
        TensorInfo info = (TensorInfo) input.getValue().getInfo();
        float[] mask = masks.get(input.getKey());
        feeds.put(
            input.getKey(),
            mask != null ? floats(mask, mask.length) : feed(input.getKey(), info, at, plan));
      }
      try (OrtSession.Result result = session.run(feeds, Set.of(output))) {
        FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
        float[] copy = new float[values.remaining()];
        values.get(copy);
        return copy;
      }
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    } finally {
      feeds.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor feed(String name, TensorInfo info, Export.Run at, PruningPlan plan)
      throws OrtException {
    long[] shape = {at.batch(), at.length()};
    int tokens = at.batch() * at.length();
    Random random = new Random(31L * at.batch() + at.length());
    return switch (name) {
      case "input_ids" -> integers(random.ints(tokens, FIRST_TOKEN, TOKENS).toArray(), shape, info);
      case "token_type_ids" -> integers(new int[tokens], shape, info);
      case "position_ids" ->
          integers(
              IntStream.range(0, tokens).map(i -> at.past() + i % at.length()).toArray(),
              shape,
              info);
      case "attention_mask" -> {
        int[] ones = new int[at.batch() * (at.past() + at.length())];
        Arrays.fill(ones, 1);
        yield integers(ones, new long[] {at.batch(), at.past() + at.length()}, info);
      }
      case "use_cache_branch" ->
          OnnxTensor.createTensor(session.environment(), new boolean[] {at.past() > 0});
      case "pixel_values" -> pixels(info, at);
      default -> cache(name, info, at, plan);
    };
  }

  private OnnxTensor pixels(TensorInfo info, Export.Run at) throws OrtException {
    long[] shape = info.getShape().clone();
    shape[0] = at.batch();
    return floats(noise(at.batch(), product(shape)), shape);
  }

  /** A cache {@code […, heads, positions, head size]}, batch first or behind keys and values. */
  private OnnxTensor cache(String name, TensorInfo info, Export.Run at, PruningPlan plan)
      throws OrtException {
    if (!name.startsWith("past")) {
      throw new IllegalStateException("no values for input '" + name + "'");
    }
    long[] shape = info.getShape().clone();
    int rank = shape.length;
    shape[rank - 4] = at.batch();
    shape[rank - 2] = at.past();
    shape[rank - 1] = shape[rank - 1] < 0 ? export.headSize() : shape[rank - 1];
    int heads = (int) shape[rank - 3];
    int[] numbers = numbers(plan, layer(name), heads);
    int block = (int) (shape[rank - 2] * shape[rank - 1]);
    float[] values = new float[product(shape)];
    for (int i = 0; i < values.length; i++) {
      int head = numbers[i / block % heads];
      int row = i / block / heads;
      // The number of a head in the dense model seeds its values, whichever heads are left.
      values[i] = (float) new Random(31L * (row * 64L + head) + i % block).nextGaussian();
    }
    return floats(values, shape);
  }

  /** The dense model's numbers of the heads in a cache. */
  private static int[] numbers(PruningPlan plan, int layer, int heads) {
    return plan.units().stream()
        .filter(unit -> unit.layer() == layer && !unit.kind().equals("ffn"))
        .filter(unit -> unit.kept().length() == heads)
        .findFirst()
        .map(UnitPlan::kept)
        .map(kept -> kept.toArray())
        .orElseGet(() -> IntStream.range(0, heads).toArray());
  }

  private static int layer(String name) {
    Matcher number = NUMBER.matcher(name);
    if (!number.find()) {
      throw new IllegalStateException("cache '" + name + "' names no layer");
    }
    return Integer.parseInt(number.group());
  }

  private static float[] noise(long seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static int product(long[] shape) {
    return Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
  }

  private OnnxTensor floats(float[] values, long... shape) throws OrtException {
    return OnnxTensor.createTensor(session.environment(), FloatBuffer.wrap(values), shape);
  }

  private OnnxTensor integers(int[] values, long[] shape, TensorInfo info) throws OrtException {
    if (info.type == OnnxJavaType.INT32) {
      return OnnxTensor.createTensor(session.environment(), IntBuffer.wrap(values), shape);
    }
    LongBuffer longs = LongBuffer.wrap(Arrays.stream(values).asLongStream().toArray());
    return OnnxTensor.createTensor(session.environment(), longs, shape);
  }

  @Override
  public void close() {
    session.close();
  }
}
