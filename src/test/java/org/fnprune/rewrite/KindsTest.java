package org.fnprune.rewrite;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fnprune.capture.CalibrationMoments;
import org.fnprune.capture.Captured;
import org.fnprune.capture.Moments;
import org.fnprune.capture.MomentsStore;
import org.fnprune.capture.TinyCapture;
import org.fnprune.common.Progress;
import org.fnprune.data.CalibrationText;
import org.fnprune.data.RandomTokens;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.ElementType;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyAttention;
import org.fnprune.model.TinyGraph;
import org.fnprune.model.TinyGraphs;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.FfnOutputs;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;
import org.fnprune.structure.StructureFinder;
import org.fnprune.structure.UnitKind;
import org.fnprune.verify.Equivalence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Heads, KV groups and outputs of down projections, alone and together with neurons. */
class KindsTest {

  private static final ImmutableMap<String, Supplier<OnnxModel>> MODELS =
      ImmutableMap.of(
          "heads", TinyAttention::multiHead,
          "groups", TinyAttention::grouped,
          "groups with a cache", TinyAttention::groupedWithCache,
          "Gemm and Reshape", () -> TinyGraphs.named("GPT-2 as TorchScript writes it"),
          "Gemm without bias", () -> TinyGraphs.named("GPT-2 as dynamo writes it"),
          "no bias", () -> TinyGraphs.named("gate, up, down"),
          "transposed", () -> TinyGraphs.named("transB Gemm"),
          "float16", () -> TinyGraphs.named("float16"),
          "two consumers", () -> TinyGraphs.named("two consumers"),
          "bias first", () -> TinyGraphs.named("bias is input 0"));

  private static final List<TokenBatch> TEXT =
      List.of(
          RandomTokens.batch(6, 11, TinyGraph.VOCABULARY, 11),
          RandomTokens.batch(5, 7, TinyGraph.VOCABULARY, 12));

  static Stream<String> models() {
    return MODELS.keySet().stream();
  }

  private static SlimCheck all(String name) {
    return all(requireNonNull(MODELS.get(name)).get());
  }

  private static SlimCheck all(OnnxModel model) {
    Graph dense = Graph.of(model);
    return new SlimCheck(dense, FfnOutputs.addTo(dense, StructureFinder.find(dense)));
  }

  private static SlimCheck only(SlimCheck check, UnitKind... kinds) {
    return new SlimCheck(check.dense(), check.structure().only(List.of(kinds)));
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyDownProjectionHasOutputs(String name) {
    Structure structure = all(name).structure();
    List<PrunableUnit> outputs = structure.only(List.of(UnitKind.FFN_OUT)).units();
    List<PrunableUnit> neurons = structure.only(List.of(UnitKind.FFN)).units();
    assertThat(outputs)
        .hasSize(neurons.stream().mapToInt(unit -> unit.consumers().size()).sum())
        .allSatisfy(
            unit -> {
              assertThat(unit.width()).isEqualTo(TinyGraph.HIDDEN);
              assertThat(unit.unitSize()).isEqualTo(1);
            });
    assertThat(outputs).extracting(PrunableUnit::id).doesNotHaveDuplicates();
    assertThat(outputs.get(0).id()).isEqualTo(neurons.get(0).id() + "_out");
  }

  @ParameterizedTest
  @MethodSource("models")
  void removedEqualsZeroedForEveryKindAndAllTogether(String name) {
    SlimCheck all = all(name);
    List<SlimCheck> checks = new ArrayList<>(List.of(all));
    all.structure().kinds().forEach(kind -> checks.add(only(all, kind)));
    for (SlimCheck check : checks) {
      for (PruningPlan plan :
          List.of(
              check.plan(Plans::half),
              check.plan(Plans::one),
              check.plan(s -> Plans.random(s, 6)))) {
        OnnxModel slim = check.slim(plan);
        assertThat(check.compare(slim, plan))
            .as("%s", check.structure().kinds())
            .matches(Equivalence::passed);
        assertThat(all.dense().model().parameters() - slim.parameters())
            .isEqualTo(removed(check.structure(), plan));
      }
    }
  }

  /** What one run has cut, another can cut again. */
  @ParameterizedTest
  @MethodSource("models")
  void aSlimModelCanBePrunedAgain(String name) {
    SlimCheck once = all(name);
    OnnxModel slim = once.slim(once.plan(Plans::half));
    SlimCheck twice = all(slim);
    assertThat(twice.structure().kinds()).contains(UnitKind.FFN, UnitKind.FFN_OUT);
    assertThat(twice.structure().only(List.of(UnitKind.FFN_OUT)).units())
        .allMatch(unit -> unit.width() == TinyGraph.HIDDEN / 2);
    PruningPlan plan = twice.plan(Plans::one);
    assertThat(twice.check(plan)).matches(Equivalence::passed);
  }

  private static long removed(Structure structure, PruningPlan plan) {
    Map<String, Integer> kept = new HashMap<>();
    plan.units().forEach(unit -> kept.put(unit.id(), unit.kept().length()));
    return structure.removedParameters(unit -> requireNonNull(kept.get(unit.id())));
  }

  @ParameterizedTest
  @EnumSource(UnitKind.class)
  void anotherPlanDoesNotPass(UnitKind kind) {
    SlimCheck all =
        all(kind == UnitKind.KV_GROUPS ? TinyAttention.grouped() : TinyAttention.multiHead());
    SlimCheck check = only(all, kind);
    OnnxModel slim = check.slim(check.plan(Plans::half));
    PruningPlan others =
        Plans.of(
            check.structure(),
            (unit, i) -> IntStream.range(0, unit.width()).filter(j -> j % 2 == 0));
    assertThat(check.compare(slim, others).passed()).isFalse();
  }

  /** Kept channel c of size u has the positions c·u … c·u + u − 1. */
  @Test
  void aMaskZeroesAllPositionsOfAChannel() {
    SlimCheck check = only(all(TinyAttention.grouped()), UnitKind.KV_GROUPS);
    PruningPlan plan = check.plan(Plans::half);
    UnitPlan first = plan.units().get(0);
    assertThat(first.kept().toArray()).containsExactly(1);
    assertThat(first.keptPositions().toArray()).containsExactly(6, 7, 8, 9, 10, 11);
    MaskedModel masked = MaskedModel.of(check.dense(), check.structure());
    String name = requireNonNull(masked.masks().get(first.id()));
    assertThat(masked.model().graph().getInputList())
        .filteredOn(input -> input.getName().equals(name))
        .singleElement()
        .matches(i -> i.getType().getTensorType().getShape().getDim(0).getDimValue() == 12);
  }

  /** The caches get narrower and are compared at the positions that stay. */
  @Test
  void cachesAreComparedToo() {
    SlimCheck check = only(all(TinyAttention.groupedWithCache()), UnitKind.KV_GROUPS);
    PruningPlan plan = check.plan(Plans::half);
    OnnxModel slim = check.slim(plan);
    assertThat(check.compare(slim, plan))
        .matches(Equivalence::passed)
        .matches(e -> e.outputs() == 1 + 2 * TinyAttention.LAYERS);
    assertThat(check.compare(withOtherCache(slim), plan).passed()).isFalse();
  }

  /** The keys of the first layer handed out as its values, which no logit depends on. */
  private static OnnxModel withOtherCache(OnnxModel slim) {
    var proto = slim.proto().toBuilder();
    for (var node : proto.getGraphBuilder().getNodeBuilderList()) {
      if (node.getOutput(0).equals("present.0.value")) {
        String key =
            slim.graph().getNodeList().stream()
                .filter(other -> other.getOutput(0).equals("present.0.key"))
                .findFirst()
                .orElseThrow()
                .getInput(0);
        node.setInput(0, key);
      }
    }
    return new OnnxModel(proto.build(), null);
  }

  private static ImmutableMap<String, Captured> moments(SlimCheck check) {
    ImmutableMap.Builder<String, Captured> moments = ImmutableMap.builder();
    check
        .structure()
        .units()
        .forEach(u -> moments.put(u.id(), TinyCapture.moments(check.dense(), u, TEXT)));
    return moments.buildOrThrow();
  }

  private static ImmutableMap<String, Compensation.Fit> fit(
      SlimCheck check,
      PruningPlan plan,
      CompensationMethod method,
      boolean sequential,
      List<String> warnings) {
    return new Compensator(check.dense(), check.structure(), plan)
        .fit(
            new Recipe.Compensate(method, 1e-6, sequential),
            CalibrationMoments.of(MomentsStore.of(moments(check))),
            ImmutableList.of(
                new CalibrationText(ImmutableList.copyOf(TEXT), ImmutableList.of(), 1)),
            SlimCheck.CPU,
            warnings::add,
            Progress.NONE);
  }

  /** On average over the text, a compensated slim output equals the dense one. */
  @ParameterizedTest
  @EnumSource(
      value = CompensationMethod.class,
      names = {"BIAS", "LEAST_SQUARES"})
  void biasKeepsTheMeanOfTheFirstLayersOutputs(CompensationMethod method) {
    for (String name : List.of("heads", "Gemm and Reshape", "Gemm without bias", "no bias")) {
      SlimCheck all = all(name);
      SlimCheck check =
          new SlimCheck(
              all.dense(),
              new Structure(
                  all.structure().units().stream()
                      .filter(unit -> unit.kind() == UnitKind.FFN_OUT)
                      .limit(1)
                      .collect(ImmutableList.toImmutableList()),
                  all.structure().refusals(),
                  all.structure().parameters()));
      PruningPlan plan = check.plan(Plans::half);
      List<String> warnings = new ArrayList<>();
      OnnxModel slim =
          GraphRewriter.rewrite(
              check.dense(), check.structure(), plan, fit(check, plan, method, false, warnings));
      PrunableUnit unit = check.structure().units().get(0);
      Moments before = TinyCapture.moments(check.dense(), unit, TEXT);
      Moments after = TinyCapture.moments(Graph.of(slim), unit, TEXT);
      for (int j = 0; j < unit.width(); j++) {
        assertThat(after.mean().get(0, j)).isCloseTo(before.mean().get(0, j), within(1e-5));
        double variance = after.variance().get(0, j);
        assertThat(variance).isCloseTo(j % 2 == 1 ? before.variance().get(0, j) : 0, within(1e-5));
      }
      assertThat(warnings).hasSize(method == CompensationMethod.LEAST_SQUARES ? 1 : 0);
    }
  }

  /** A dropped output stays a constant whatever its block's neurons are compensated by. */
  @ParameterizedTest
  @MethodSource("models")
  void neuronsAndOutputsAreCompensatedTogether(String name) {
    SlimCheck check = only(all(name), UnitKind.FFN, UnitKind.FFN_OUT);
    PruningPlan plan = check.plan(Plans::half);
    for (boolean sequential : new boolean[] {false, true}) {
      if (sequential && name.equals("two consumers")) {
        continue;
      }
      OnnxModel slim =
          GraphRewriter.rewrite(
              check.dense(),
              check.structure(),
              plan,
              fit(check, plan, CompensationMethod.LEAST_SQUARES, sequential, new ArrayList<>()));
      PrunableUnit outputs = check.structure().only(EnumSet.of(UnitKind.FFN_OUT)).units().get(0);
      Moments before = TinyCapture.moments(check.dense(), outputs, TEXT);
      Moments after = TinyCapture.moments(Graph.of(slim), outputs, TEXT);
      double tolerance = name.equals("float16") ? 1e-2 : 1e-4;
      for (int j = 0; j < outputs.width(); j++) {
        assertThat(after.mean().get(0, j)).isCloseTo(before.mean().get(0, j), within(tolerance));
        if (j % 2 == 0) {
          assertThat(after.variance().get(0, j)).isCloseTo(0, within(tolerance));
        }
      }
    }
  }

  /** Each way of compensation uses more of what is known than the one before. */
  @ParameterizedTest
  @EnumSource(
      value = UnitKind.class,
      names = {"HEADS", "KV_GROUPS"})
  void leastSquaresOfHeadsBeatsNone(UnitKind kind) {
    SlimCheck check =
        only(
            all(kind == UnitKind.HEADS ? TinyAttention.multiHead() : TinyAttention.grouped()),
            kind);
    PruningPlan plan = check.plan(Plans::half);
    Map<CompensationMethod, Double> errors = new HashMap<>();
    for (CompensationMethod method : CompensationMethod.values()) {
      errors.put(method, error(check, plan, fit(check, plan, method, false, new ArrayList<>())));
    }
    double sequential =
        error(
            check,
            plan,
            fit(check, plan, CompensationMethod.LEAST_SQUARES, true, new ArrayList<>()));
    double none = requireNonNull(errors.get(CompensationMethod.NONE));
    double bias = requireNonNull(errors.get(CompensationMethod.BIAS));
    double squares = requireNonNull(errors.get(CompensationMethod.LEAST_SQUARES));
    assertThat(bias).isLessThan(none);
    assertThat(squares).isLessThan(bias);
    assertThat(sequential).isLessThan(squares);
  }

  /** Mean square error of the logits. */
  private static double error(
      SlimCheck check, PruningPlan plan, ImmutableMap<String, Compensation.Fit> fits) {
    OnnxModel slim = GraphRewriter.rewrite(check.dense(), check.structure(), plan, fits);
    return LogitsError.of(check.dense().model(), slim, TEXT);
  }

  @Test
  void moreThanHalfOfTheOutputsCanGoFromAModelOfOldOpsets() {
    TinyGraph g = TinyGraph.create(3).opset(10);
    String x = g.embedding();
    String h = g.op("Relu", g.op("MatMul", x, g.weight("w1", TinyGraph.HIDDEN, 8)));
    SlimCheck check =
        only(
            all(g.head(g.op("Add", x, g.op("MatMul", h, g.weight("w2", 8, TinyGraph.HIDDEN))))),
            UnitKind.FFN_OUT);
    PruningPlan plan = check.plan(Plans::one);
    assertThat(check.check(plan)).matches(Equivalence::passed);
  }

  @Test
  void aMatrixThatIsReadTwiceHasNoOutputs() {
    TinyGraph g = TinyGraph.create(3);
    String x = g.embedding();
    String down = g.weight("w2", 8, TinyGraph.HIDDEN);
    String h = g.op("Relu", g.op("MatMul", x, g.weight("w1", TinyGraph.HIDDEN, 8)));
    String y = g.op("Add", x, g.op("MatMul", h, down));
    String gram = g.op("MatMul", y, g.op("Transpose", TinyGraph.integers("perm", 1, 0), down));
    SlimCheck check = all(g.output(gram, "logits"));
    assertThat(check.structure().kinds()).doesNotContain(UnitKind.FFN_OUT);
  }

  @Test
  void outputsInHalfPrecisionKeepTheirType() {
    SlimCheck check = only(all("float16"), UnitKind.FFN_OUT);
    OnnxModel slim = check.slim(check.plan(Plans::half));
    assertThat(slim.graph().getInitializerList())
        .filteredOn(t -> t.getDimsCount() == 2)
        .allMatch(t -> t.getDataType() == ElementType.FLOAT16.number());
  }
}
