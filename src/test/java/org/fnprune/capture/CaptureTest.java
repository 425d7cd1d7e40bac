package org.fnprune.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.fnprune.model.TinyGraph.HIDDEN;
import static org.fnprune.model.TinyGraphs.WIDTH;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.Lists;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fnprune.common.Failures;
import org.fnprune.common.Progress;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.ElementType;
import org.fnprune.model.Graph;
import org.fnprune.model.MergedDecoders;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TensorData;
import org.fnprune.model.TinyGraph;
import org.fnprune.model.TinyGraphs;
import org.fnprune.runtime.BatchRunner;
import org.fnprune.runtime.OnnxSession;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.StructureFinder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The moments that a model computes of itself are those of its activations. */
class CaptureTest {

  private static final RuntimeOptions CPU = RuntimeOptions.cpu(1);
  private static final int PAD = 0;

  /** 13 sequences of 1 to 9 tokens, none of them padding. */
  private static final List<ImmutableIntArray> SEQUENCES = sequences();

  private static List<ImmutableIntArray> sequences() {
    SplittableRandom random = new SplittableRandom(7);
    return IntStream.range(0, 13)
        .mapToObj(
            i ->
                ImmutableIntArray.copyOf(
                    random.ints(1 + random.nextInt(9), 1, TinyGraph.VOCABULARY)))
        .toList();
  }

  private static List<TokenBatch> batches(List<ImmutableIntArray> sequences, int size) {
    List<TokenBatch> batches = new ArrayList<>();
    for (int i = 0; i < sequences.size(); i += size) {
      batches.add(
          new TokenBatch(
              ImmutableList.copyOf(sequences.subList(i, Math.min(i + size, sequences.size()))),
              PAD));
    }
    return batches;
  }

  @TempDir static Path folder;

  private static Moments capture(OnnxModel model, List<TokenBatch> batches, String unit) {
    Graph graph = Graph.of(model);
    List<Signal> signals =
        StructureFinder.find(graph).units().stream().map(Signal::activation).toList();
    try {
      return (Moments)
          Capture.run(
                  graph,
                  signals,
                  batches,
                  CaptureOptions.defaults("tiny"),
                  CPU,
                  folder,
                  Progress.NONE)
              .get(unit);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<String> models() {
    return TinyGraphs.PRUNABLE.keySet().stream();
  }

  @Test
  void momentsOfABranchAreThoseOfTheModelInIt() {
    OnnxModel plain = TinyGraphs.plain();
    Moments alone = capture(plain, batches(SEQUENCES, 4), "layers.1.ffn");
    Moments merged = capture(MergedDecoders.of(plain), batches(SEQUENCES, 4), "layers.1.ffn");
    assertThat(merged.count()).isEqualTo(alone.count());
    assertThat(merged.gram().toArray()).isEqualTo(alone.gram().toArray());
  }

  @ParameterizedTest
  @MethodSource("models")
  void momentsAreThoseOfTheActivations(String name) {
    OnnxModel model = TinyGraphs.named(name);
    double tolerance = name.equals("float16") ? 2e-3 : 1e-6;
    for (PrunableUnit unit : StructureFinder.find(Graph.of(model)).units()) {
      assertSame(
          capture(model, batches(SEQUENCES, 4), unit.id()),
          fromActivations(model, unit.activation()),
          tolerance);
    }
  }

  /** One sequence at a time, without any padding, in float64. */
  private static Moments fromActivations(OnnxModel model, String activation) {
    var graph = model.graph().toBuilder().clearOutput();
    graph.addOutputBuilder().setName(activation).setType(model.graph().getOutput(0).getType());
    OnnxModel watched =
        new OnnxModel(model.proto().toBuilder().setGraph(graph).build(), model.file());
    List<double[]> rows = new ArrayList<>();
    try (BatchRunner runner = new BatchRunner(OnnxSession.ofModel(watched, CPU))) {
      for (TokenBatch one : batches(SEQUENCES, 1)) {
        var values = runner.run(one, List.of(activation)).get(0).values();
        for (int t = 0; t < one.length(); t++) {
          int from = t * WIDTH;
          rows.add(IntStream.range(from, from + WIDTH).mapToDouble(values::get).toArray());
        }
      }
    }
    return SampleMoments.of(Matrix.of(rows.toArray(new double[0][])));
  }

  private static void assertSame(Moments found, Moments expected, double tolerance) {
    assertThat(found.count()).isEqualTo(expected.count());
    assertClose(found.sum(), expected.sum(), tolerance);
    assertClose(found.gram(), expected.gram(), tolerance);
    assertThat(found.gram()).isEqualTo(found.gram().transposed());
  }

  /** Relative to the largest entry. */
  private static void assertClose(Matrix found, Matrix expected, double tolerance) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.rows(); i++) {
      for (int j = 0; j < expected.cols(); j++) {
        largest = Math.max(largest, Math.abs(expected.get(i, j)));
        difference = Math.max(difference, Math.abs(found.get(i, j) - expected.get(i, j)));
      }
    }
    assertThat(difference).isLessThanOrEqualTo(tolerance * largest);
  }

  @Test
  void batchSizeAndOrderDoNotMatter() {
    Moments one = capture(TinyGraphs.plain(), batches(SEQUENCES, 1), "layers.1.ffn");
    List<ImmutableIntArray> reversed = Lists.reverse(SEQUENCES);
    for (int size : new int[] {2, 5, 13}) {
      Moments found = capture(TinyGraphs.plain(), batches(reversed, size), "layers.1.ffn");
      assertSame(found, one, 1e-6);
    }
  }

  @Test
  void shardsAddUp() {
    Moments all = capture(TinyGraphs.plain(), batches(SEQUENCES, 4), "layers.0.ffn");
    Moments first =
        capture(TinyGraphs.plain(), batches(SEQUENCES.subList(0, 5), 4), "layers.0.ffn");
    Moments second =
        capture(TinyGraphs.plain(), batches(SEQUENCES.subList(5, 13), 4), "layers.0.ffn");
    assertSame(first.plus(second), all, 1e-6);
  }

  /** A model may compute anything at padding, NaN as well. */
  @Test
  void paddingMayHoldAnything() {
    OnnxModel poisoned = withEmbedding(PAD, Float.NaN);
    Moments found = capture(poisoned, batches(SEQUENCES, 4), "layers.0.ffn");
    Moments clean = capture(TinyGraphs.plain(), batches(SEQUENCES, 4), "layers.0.ffn");
    assertSame(found, clean, 1e-6);
  }

  @Test
  void activationsThatAreNotFiniteAreRefused() {
    int token = SEQUENCES.get(0).get(0);
    for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, 1e30f}) {
      OnnxModel broken = withEmbedding(token, value);
      assertThat(Failures.of(() -> capture(broken, batches(SEQUENCES, 4), "layers.0.ffn")))
          .startsWith("the activations of unit 'layers.0.ffn' are not all finite numbers");
    }
  }

  /** The plain model with one row of its embedding set to {@code value}. */
  private static OnnxModel withEmbedding(int token, float value) {
    var proto = TinyGraphs.plain().proto().toBuilder();
    for (TensorProto.Builder tensor : proto.getGraphBuilder().getInitializerBuilderList()) {
      if (tensor.getName().equals("embedding")) {
        double[] values = TinyGraphs.plain().data(tensor.build()).toDoubles();
        Arrays.fill(values, token * HIDDEN, (token + 1) * HIDDEN, value);
        ImmutableList<Long> dims = ImmutableList.copyOf(tensor.getDimsList());
        tensor.setRawData(TensorData.ofDoubles("e", ElementType.FLOAT, dims, values).bytes());
      }
    }
    return new OnnxModel(proto.build(), null);
  }

  @Test
  void opsetNineHasAllThatIsNeeded() {
    TinyGraph g = TinyGraph.create(1).opset(9);
    String x = g.embedding();
    String h = g.op("Relu", g.op("MatMul", x, g.weight("w1", HIDDEN, WIDTH)));
    OnnxModel model = g.head(g.op("Add", x, g.op("MatMul", h, g.weight("w2", WIDTH, HIDDEN))));
    assertSame(
        capture(model, batches(SEQUENCES, 4), "unit.0.ffn"),
        fromActivations(model, "Relu_0"),
        1e-6);
  }
}
