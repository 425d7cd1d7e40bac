package org.fnprune.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.fnprune.model.TinyGraph.HIDDEN;
import static org.fnprune.model.TinyGraph.integer;
import static org.fnprune.model.TinyGraph.real;
import static org.fnprune.model.TinyGraphs.WIDTH;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.fnprune.capture.Moments;
import org.fnprune.capture.TinyCapture;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.ElementType;
import org.fnprune.model.MergedDecoders;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TensorData;
import org.fnprune.model.TinyGraph;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.fnprune.runtime.BatchRunner;
import org.fnprune.runtime.OnnxSession;
import org.fnprune.select.PruningPlan;
import org.fnprune.structure.ConsumerWeights;
import org.fnprune.structure.PrunableUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The slim graph computes h_K W′ + (old bias + shift), however its projection is written. */
class CompensatedGraphTest {

  /** How a projection of h [b, s, 10] to the residual stream is written. */
  private interface Down {
    String of(TinyGraph g, String h);
  }

  private static final ImmutableMap<String, Down> PROJECTIONS =
      ImmutableMap.<String, Down>builder()
          .put("MatMul", (g, h) -> g.op("MatMul", h, w2(g)))
          .put("MatMul, Add", (g, h) -> g.op("Add", g.op("MatMul", h, w2(g)), b2(g)))
          .put("bias first", (g, h) -> g.op("Add", b2(g), g.op("MatMul", h, w2(g))))
          .put("shared bias", (g, h) -> g.op("Add", sharedBias(g), g.op("MatMul", h, w2(g))))
          .put(
              "bias through Identity",
              (g, h) -> g.op("Add", g.op("MatMul", h, w2(g)), g.op("Identity", b2(g))))
          .put(
              "bias of one number",
              (g, h) -> g.op("Add", g.op("MatMul", h, w2(g)), g.weight("b2", 1)))
          .put(
              "activation added",
              (g, h) ->
                  g.op("Add", g.op("MatMul", h, w2(g)), g.op("Gather", "embedding", "input_ids")))
          .put("Gemm with C", (g, h) -> gemm(g, h, List.of(), w2(g), b2(g)))
          .put("Gemm without C", (g, h) -> gemm(g, h, List.of(), w2(g)))
          .put(
              "Gemm with alpha and beta",
              (g, h) -> gemm(g, h, List.of(real("alpha", 0.5), real("beta", 4)), w2(g), b2(g)))
          .put("Gemm with beta, without C", (g, h) -> gemm(g, h, List.of(real("beta", 4)), w2(g)))
          .put("Gemm with beta 0", (g, h) -> gemm(g, h, List.of(real("beta", 0)), w2(g), b2(g)))
          .put("Gemm with beta 0, without C", (g, h) -> gemm(g, h, List.of(real("beta", 0)), w2(g)))
          .put(
              "Gemm with a row as C",
              (g, h) -> gemm(g, h, List.of(), w2(g), g.weight("b2", 1, HIDDEN)))
          .put(
              "transposed Gemm",
              (g, h) ->
                  gemm(g, h, List.of(integer("transB", 1)), g.weight("w2", HIDDEN, WIDTH), b2(g)))
          .put(
              "FusedMatMul with alpha",
              (g, h) ->
                  g.op(
                          "FusedMatMul",
                          List.of(integer("transB", 1), real("alpha", 3)),
                          h,
                          g.weight("w2", HIDDEN, WIDTH))
                      .get(0))
          .put(
              "two consumers",
              (g, h) -> {
                String one = g.op("Add", g.op("MatMul", h, w2(g)), b2(g));
                return g.op("Mul", one, g.op("MatMul", h, g.weight("w3", WIDTH, HIDDEN)));
              })
          .buildOrThrow();

  private static String w2(TinyGraph g) {
    return g.weight("w2", WIDTH, HIDDEN);
  }

  private static String b2(TinyGraph g) {
    return g.weight("b2", HIDDEN);
  }

  /** A bias that something else reads, which must not see the shift. */
  private static String sharedBias(TinyGraph g) {
    String bias = b2(g);
    g.alsoOutput(g.op("Neg", bias));
    return bias;
  }

  private static String gemm(
      TinyGraph g, String h, List<AttributeProto> attributes, String... operands) {
    String rows = g.op("Reshape", h, g.longs("rows", -1, WIDTH));
    String[] inputs = Stream.concat(Stream.of(rows), Stream.of(operands)).toArray(String[]::new);
    String down = g.op("Gemm", attributes, inputs).get(0);
    return g.op("Reshape", down, g.op("Shape", g.op("Gather", "embedding", "input_ids")));
  }

  static Stream<String> projections() {
    return PROJECTIONS.keySet().stream();
  }

  private static OnnxModel model(String name) {
    Down projection = Objects.requireNonNull(PROJECTIONS.get(name));
    TinyGraph g = TinyGraph.create(5);
    String x = g.embedding();
    String up = g.op("MatMul", x, g.weight("w1", HIDDEN, WIDTH));
    String h = g.op("Tanh", g.op("Add", up, g.weight("b1", WIDTH)));
    return g.head(g.op("Add", x, projection.of(g, h)));
  }

  @ParameterizedTest
  @MethodSource("projections")
  void theProjectionComputesTheFit(String name) {
    for (CompensationMethod method :
        List.of(CompensationMethod.BIAS, CompensationMethod.LEAST_SQUARES)) {
      assertComputesTheFit(SlimCheck.of(model(name)), method);
    }
  }

  @ParameterizedTest
  @MethodSource("projections")
  void bothBranchesComputeTheFit(String name) {
    SlimCheck check = SlimCheck.of(MergedDecoders.of(model(name)));
    PrunableUnit unit = check.structure().units().get(0);
    assertThat(unit.consumers())
        .hasSize(2 * ConsumerWeights.projections(check.dense(), unit).size());
    if (unit.consumers().size() == 2) {
      assertComputesTheFit(check, CompensationMethod.LEAST_SQUARES);
    }
  }

  /** For every consuming node: its biased output in the slim model against float64. */
  private static void assertComputesTheFit(SlimCheck check, CompensationMethod method) {
    PrunableUnit unit = check.structure().units().get(0);
    PruningPlan plan = check.plan(Plans::half);
    Moments moments = moments(check);
    Matrix consumer = ConsumerWeights.read(check.dense(), unit);
    int[] kept = plan.units().get(0).kept().toArray();
    Compensation.Fit fit =
        Compensation.fit(moments, consumer, plan.units().get(0).kept(), method, 1e-3);
    OnnxModel slim =
        GraphRewriter.rewrite(
            check.dense(), check.structure(), plan, ImmutableMap.of(unit.id(), fit));

    Matrix h = rows(check.dense().model(), unit.activation());
    Matrix change = h.selectCols(kept).times(fit.weight()).minus(h.times(consumer));
    int from = 0;
    for (var projection : unit.consumers()) {
      NodeProto node = check.dense().node(projection.node());
      String tensor = biased(check, node);
      Matrix dense = rows(check.dense().model(), tensor);
      Matrix found = rows(slim, tensor);
      for (int t = 0; t < dense.rows(); t++) {
        for (int i = 0; i < dense.cols(); i++) {
          double expected =
              dense.get(t, i) + change.get(t, from + i) + fit.biasShift().get(0, from + i);
          assertThat(found.get(t, i)).as(tensor).isCloseTo(expected, within(2e-5));
        }
      }
      from = (from + HIDDEN) % consumer.cols();
    }
  }

  /** The output of the Add of a constant after a product, or of the product itself. */
  private static String biased(SlimCheck check, NodeProto product) {
    var uses = check.dense().uses(product.getOutput(0));
    NodeProto reader = check.dense().node(uses.get(0).node());
    boolean bias =
        reader.getOpType().equals("Add")
            && check.dense().constant(reader.getInput(1 - uses.get(0).input())).isPresent();
    return bias ? reader.getOutput(0) : product.getOutput(0);
  }

  private static Moments moments(SlimCheck check) {
    return TinyCapture.moments(check.dense(), check.structure().units().get(0), SlimCheck.BATCHES);
  }

  /** A float tensor on one batch, as rows × last axis. */
  private static Matrix rows(OnnxModel model, String tensor) {
    var graph = model.graph().toBuilder();
    graph
        .clearOutput()
        .addOutputBuilder()
        .setName(tensor)
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .setElemType(1);
    OnnxModel watched =
        new OnnxModel(model.proto().toBuilder().setGraph(graph).build(), model.file());
    try (BatchRunner runner = new BatchRunner(OnnxSession.ofModel(watched, SlimCheck.CPU))) {
      var output = runner.run(SlimCheck.BATCHES.get(1), List.of(tensor)).get(0);
      FloatBuffer values = output.values();
      int columns = (int) output.shape().get(output.shape().length() - 1);
      return Matrix.tabulate(
          values.remaining() / columns, columns, (i, j) -> values.get(i * columns + j));
    }
  }

  @Test
  void otherReadersOfTheBiasDoNotSeeTheShift() {
    SlimCheck check = SlimCheck.of(model("shared bias"));
    PruningPlan plan = check.plan(Plans::half);
    Compensation.Fit fit =
        Compensation.fit(
            moments(check),
            ConsumerWeights.read(check.dense(), check.structure().units().get(0)),
            plan.units().get(0).kept(),
            CompensationMethod.BIAS,
            0);
    OnnxModel slim =
        GraphRewriter.rewrite(
            check.dense(),
            check.structure(),
            plan,
            ImmutableMap.of(check.structure().units().get(0).id(), fit));
    assertThat(rows(slim, "Neg_0")).isEqualTo(rows(check.dense().model(), "Neg_0"));
  }

  /** Even neurons are combinations of the odd ones, which say all there is to say. */
  @Test
  void leastSquaresRestoresTheDenseOutputWhereDroppedNeuronsAreCombinationsOfKeptOnes() {
    TinyGraph g = TinyGraph.create(5);
    String x = g.embedding();
    Matrix odd = Matrices.gaussian(HIDDEN, WIDTH / 2, 1);
    Matrix even = odd.times(Matrices.gaussian(WIDTH / 2, WIDTH / 2, 2));
    double[] w1 =
        Matrix.tabulate(
                HIDDEN, WIDTH, (i, j) -> j % 2 == 1 ? odd.get(i, j / 2) : even.get(i, j / 2))
            .toArray();
    String up =
        g.tensor(
            TensorData.ofDoubles(
                "w1", ElementType.FLOAT, ImmutableList.of((long) HIDDEN, (long) WIDTH), w1));
    String h = g.op("Add", g.op("MatMul", x, up), g.weight("b1", WIDTH));
    String down = g.op("Add", g.op("MatMul", h, w2(g)), b2(g));
    SlimCheck check = SlimCheck.of(g.head(g.op("Add", x, down)));
    PruningPlan plan = check.plan(Plans::half);
    PrunableUnit unit = check.structure().units().get(0);
    Matrix consumer = ConsumerWeights.read(check.dense(), unit);
    Compensation.Fit fit =
        Compensation.fit(
            moments(check),
            consumer,
            plan.units().get(0).kept(),
            CompensationMethod.LEAST_SQUARES,
            1e-9);
    OnnxModel slim =
        GraphRewriter.rewrite(
            check.dense(), check.structure(), plan, ImmutableMap.of(unit.id(), fit));

    Matrix dense = rows(check.dense().model(), "logits");
    assertThat(Matrices.distance(rows(slim, "logits"), dense)).isLessThan(1e-3);
    assertThat(Matrices.distance(rows(check.slim(plan), "logits"), dense)).isGreaterThan(0.1);
  }
}
