package org.fnprune.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.fnprune.capture.Moments;
import org.fnprune.capture.MomentsStore;
import org.fnprune.capture.SampleMoments;
import org.fnprune.linalg.Matrices;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyAttention;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Recipe.AllocationRule;
import org.fnprune.rewrite.GraphRewriter;
import org.fnprune.structure.FfnOutputs;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;
import org.fnprune.structure.StructureFinder;
import org.fnprune.structure.UnitKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Budgets over units whose channels do not cost the same. */
class BudgetOfKindsTest {

  private static final List<UnitKind> BOTH = List.of(UnitKind.FFN, UnitKind.HEADS);

  private static final Graph MODEL = Graph.of(TinyAttention.multiHead());

  private static Recipe.Prune options(Recipe.Budget budget, AllocationRule rule, int roundTo) {
    return new Recipe.Prune(
        ImmutableList.of("ffn"),
        budget,
        Recipe.SelectorName.RANDOM,
        Recipe.Form.UNION,
        null,
        Recipe.Weighting.ENERGY,
        rule,
        0,
        0,
        1,
        roundTo);
  }

  private static PruningPlan plan(Graph model, Structure structure, Recipe.Prune options) {
    return Planner.plan(
        model, structure, Findings.of(moments(structure), ImmutableMap.of()), options, 3);
  }

  /** Of activations that a test made up, for the rules that look at errors. */
  private static MomentsStore moments(Structure structure) {
    ImmutableMap.Builder<String, Moments> moments = ImmutableMap.builder();
    for (PrunableUnit unit : structure.units()) {
      int positions = unit.width() * unit.unitSize();
      moments.put(unit.id(), SampleMoments.of(Matrices.gaussian(50, positions, 4)));
    }
    return MomentsStore.of(moments.buildOrThrow());
  }

  private static long removed(Graph model, Structure structure, PruningPlan plan) {
    OnnxModel slim = GraphRewriter.rewrite(model, structure, plan, ImmutableMap.of());
    return model.model().parameters() - slim.parameters();
  }

  @Test
  void onlyUnitsOfTheTargetsArePlanned() {
    Structure heads = StructureFinder.find(MODEL).only(List.of(UnitKind.HEADS));
    PruningPlan plan =
        plan(MODEL, heads, options(new Recipe.Budget.Sparsity(0.5), AllocationRule.UNIFORM, 8));
    assertThat(plan.units())
        .hasSize(TinyAttention.LAYERS)
        .allSatisfy(
            unit -> {
              assertThat(unit.kind()).isEqualTo("heads");
              assertThat(unit.width()).isEqualTo(TinyAttention.HEADS);
              assertThat(unit.unitSize()).isEqualTo(TinyAttention.HEAD_SIZE);
              assertThat(unit.kept().length()).isEqualTo(2);
            });
  }

  /** A head costs 3 · (4 · 6 + 3) = 81 of 324 parameters, a neuron 13 of 208: 1064 in all. */
  @ParameterizedTest
  @EnumSource(AllocationRule.class)
  void sparsityCountsTheParametersOfAllTargets(AllocationRule rule) {
    Structure both = StructureFinder.find(MODEL).only(BOTH);
    assertThat(both.prunableParameters()).isEqualTo(2 * (324 + 208));
    for (double sparsity : new double[] {0.25, 0.5, 0.7}) {
      PruningPlan plan = plan(MODEL, both, options(new Recipe.Budget.Sparsity(sparsity), rule, 1));
      long removed = removed(MODEL, both, plan);
      // One head is the largest step.
      assertThat((double) removed).isCloseTo(sparsity * 1064, within(81.0));
      assertThat(removed).isEqualTo(both.removedParameters(unit -> kept(plan, unit)));
    }
  }

  @Test
  void uniformTakesTheSameShareOfHeadsAsOfNeurons() {
    Structure both = StructureFinder.find(MODEL).only(BOTH);
    PruningPlan plan =
        plan(MODEL, both, options(new Recipe.Budget.Sparsity(0.5), AllocationRule.UNIFORM, 1));
    Map<String, List<Integer>> kept =
        plan.units().stream()
            .collect(
                Collectors.groupingBy(
                    UnitPlan::kind,
                    Collectors.mapping(u -> u.kept().length(), Collectors.toList())));
    assertThat(kept).containsEntry("heads", List.of(2, 2)).containsEntry("ffn", List.of(8, 8));
  }

  @ParameterizedTest
  @CsvSource({"0.6, UNIFORM", "0.6, GLOBAL", "0.8, UNIFORM", "0.8, GLOBAL"})
  void parametersIsAShareOfTheWholeModel(double keep, AllocationRule rule) {
    Structure both = StructureFinder.find(MODEL).only(BOTH);
    PruningPlan plan = plan(MODEL, both, options(new Recipe.Budget.Parameters(keep), rule, 1));
    long whole = MODEL.model().parameters();
    assertThat((double) removed(MODEL, both, plan)).isCloseTo((1 - keep) * whole, within(81.0));
  }

  @Test
  void roundingIsForNeuronsOnly() {
    Structure both = StructureFinder.find(MODEL).only(BOTH);
    for (AllocationRule rule : AllocationRule.values()) {
      PruningPlan plan = plan(MODEL, both, options(new Recipe.Budget.Sparsity(0.6), rule, 8));
      Map<String, List<UnitPlan>> kinds =
          plan.units().stream().collect(Collectors.groupingBy(UnitPlan::kind));
      assertThat(kinds.getOrDefault("ffn", List.of()))
          .allMatch(unit -> unit.kept().length() % 8 == 0);
      assertThat(kinds.getOrDefault("heads", List.of()))
          .anyMatch(unit -> !unit.keepsAll())
          .allMatch(unit -> unit.kept().length() < 8);
    }
  }

  /** Each unit keeps a channel whatever the budget. */
  @Test
  void noUnitLosesAllOfItsHeads() {
    Structure heads = StructureFinder.find(MODEL).only(List.of(UnitKind.HEADS));
    PruningPlan plan =
        plan(MODEL, heads, options(new Recipe.Budget.Sparsity(0.75), AllocationRule.GLOBAL, 8));
    assertThat(plan.units()).allMatch(unit -> unit.kept().length() == 1);
  }

  @Test
  void aModelWithGroupedQueriesHasGroupsAndNoHeads() {
    Function<OnnxModel, Structure> find = model -> StructureFinder.find(Graph.of(model));
    assertThat(find.apply(TinyAttention.grouped()).kinds())
        .contains(UnitKind.KV_GROUPS)
        .doesNotContain(UnitKind.HEADS);
    assertThat(find.apply(TinyAttention.multiHead()).kinds())
        .contains(UnitKind.HEADS)
        .doesNotContain(UnitKind.KV_GROUPS);
  }

  private static int kept(PruningPlan plan, PrunableUnit unit) {
    return plan.units().stream()
        .filter(planned -> planned.id().equals(unit.id()))
        .mapToInt(planned -> planned.kept().length())
        .findFirst()
        .orElseThrow();
  }

  /** Heads in steps of 100, neurons of 3: what heads cannot meet, neurons do. */
  @Test
  void smallStepsMakeUpForLargeOnes() {
    List<Place> places =
        List.of(
            new Place("heads", UnitKind.HEADS, 0, 4, 100),
            new Place("ffn", UnitKind.FFN, 0, 100, 3));
    List<Ranking> rankings =
        List.of(Rankings.byScore(new double[4]), Rankings.byScore(new double[100]));
    for (AllocationRule rule : AllocationRule.values()) {
      List<Integer> widths =
          Allocation.widths(
              places,
              List.of(),
              rankings,
              Math.round(0.4 * 700),
              options(new Recipe.Budget.Sparsity(0.4), rule, 1));
      long removed = 100L * (4 - widths.get(0)) + 3L * (100 - widths.get(1));
      assertThat((double) removed).as("%s", widths).isCloseTo(280, within(2.0));
    }
  }

  /** What lies in a removed row and a removed column goes once. */
  @ParameterizedTest
  @EnumSource(AllocationRule.class)
  void neuronsAndOutputsOfOneMatrixAreNotCountedTwice(AllocationRule rule) {
    Structure both =
        FfnOutputs.addTo(MODEL, StructureFinder.find(MODEL))
            .only(List.of(UnitKind.FFN, UnitKind.FFN_OUT));
    // Per layer 6 · 16 + 16 + 16 · 6 + 6: W1, b1, W2, b2.
    assertThat(both.prunableParameters()).isEqualTo(2 * 214);
    for (double sparsity : new double[] {0.3, 0.6}) {
      PruningPlan plan = plan(MODEL, both, options(new Recipe.Budget.Sparsity(sparsity), rule, 1));
      assertThat((double) removed(MODEL, both, plan)).isCloseTo(sparsity * 428, within(9.0));
    }
  }
}
