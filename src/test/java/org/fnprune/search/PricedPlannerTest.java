package org.fnprune.search;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableDoubleArray;
import org.fnprune.linalg.Matrix;
import org.fnprune.network.SampleNetworks;
import org.fnprune.recipe.Flag;
import org.fnprune.recipe.Overrides;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Recipe.AllocationRule;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.fnprune.recipe.RecipeReader;
import org.fnprune.rewrite.Plans;
import org.fnprune.rewrite.SlimCheck;
import org.fnprune.select.Findings;
import org.fnprune.select.Planner;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.Ranking;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Prices of units, and lesions of networks, by the loss of plans. */
class PricedPlannerTest {

  private static final SlimCheck CHECK = SlimCheck.of(PlantedGraphs.secondDoesNothing());

  @ParameterizedTest
  @EnumSource(
      value = CompensationMethod.class,
      names = {"BIAS", "LEAST_SQUARES"})
  void layerThatTheOutputDoesNotMindGivesMore(CompensationMethod method) {
    JointLoss loss = PlantedGraphs.loss(CHECK, method);
    PruningPlan uniform = planned(AllocationRule.UNIFORM, loss);
    PruningPlan priced = planned(AllocationRule.SENSITIVITY, loss);

    assertThat(kept(uniform, 0)).isEqualTo(kept(uniform, 1)).isEqualTo(6);
    assertThat(kept(priced, 0)).isGreaterThan(7);
    assertThat(kept(priced, 0) + kept(priced, 1)).isEqualTo(12);
    assertThat(loss.of(priced)).isLessThan(0.7 * loss.of(uniform));
    assertThat(planned(AllocationRule.SENSITIVITY, PlantedGraphs.loss(CHECK, method)))
        .isEqualTo(priced);
  }

  /** By the size of its errors alone, the second layer, which writes more, would lose less. */
  @Test
  void valuesWithoutPricesWouldTakeFromTheWrongLayer() {
    PruningPlan global =
        Planner.plan(
            CHECK.structure(), rankings(AllocationRule.GLOBAL), prune(AllocationRule.GLOBAL));
    assertThat(kept(global, 1)).isGreaterThan(kept(global, 0));
  }

  @Test
  void whatIsNotPrunedCostsNothing() {
    JointLoss loss = PlantedGraphs.loss(CHECK, CompensationMethod.LEAST_SQUARES);
    assertThat(loss.of(CHECK.plan(Plans::all))).isLessThan(1e-6);
    assertThat(loss.of(CHECK.plan(Plans::half))).isGreaterThan(1e-3);
  }

  /** Least squares makes up for more than the bias alone, and that for more than nothing. */
  @Test
  void compensationIsTheRunsOwn() {
    PruningPlan plan = CHECK.plan(Plans::half);
    double none = PlantedGraphs.loss(CHECK, CompensationMethod.NONE).of(plan);
    double bias = PlantedGraphs.loss(CHECK, CompensationMethod.BIAS).of(plan);
    double fitted = PlantedGraphs.loss(CHECK, CompensationMethod.LEAST_SQUARES).of(plan);
    assertThat(bias).isLessThan(none);
    assertThat(fitted).isLessThan(bias);
  }

  /** Of the first layer's networks one carries more; those of the second do nothing. */
  @Test
  void networkThatTheOutputNeedsHasTheLargestLesion() {
    JointLoss loss = PlantedGraphs.loss(CHECK, CompensationMethod.BIAS);
    // The supports (|z| > 2): neurons 0 … 5, neuron 6, and none.
    Matrix maps =
        Matrix.tabulate(
            3,
            PlantedGraphs.WIDTH,
            (k, j) -> (k == 0 && j < 6) || (k == 1 && j == 6) ? (j % 2 == 0 ? -3 : 3) : 1);
    String first = CHECK.structure().units().get(0).id();
    String second = CHECK.structure().units().get(1).id();

    ImmutableMap<String, ImmutableDoubleArray> lesions =
        Lesions.of(
            CHECK.structure(),
            ImmutableMap.of(first, SampleNetworks.of(maps), second, SampleNetworks.of(maps)),
            loss);

    ImmutableDoubleArray needed = requireNonNull(lesions.get(first));
    ImmutableDoubleArray useless = requireNonNull(lesions.get(second));
    assertThat(needed.get(0)).isGreaterThan(2 * needed.get(1));
    assertThat(needed.get(1)).isGreaterThan(1e-3);
    assertThat(needed.get(2)).isZero();
    assertThat(useless.asList()).hasSize(3).allMatch(rise -> rise < 1e-6);
  }

  @Test
  void unitsWithoutNetworksHaveNoLesions() {
    JointLoss loss = PlantedGraphs.loss(CHECK, CompensationMethod.BIAS);
    assertThat(Lesions.of(CHECK.structure(), ImmutableMap.of(), loss)).isEmpty();
  }

  private static PruningPlan planned(AllocationRule rule, JointLoss loss) {
    ImmutableList<Ranking> rankings = rankings(rule);
    return rule == AllocationRule.UNIFORM
        ? Planner.plan(CHECK.structure(), rankings, prune(rule))
        : new PricedPlanner(CHECK.structure(), rankings, prune(rule), loss, new Deadline(1e6))
            .plan();
  }

  private static ImmutableList<Ranking> rankings(AllocationRule rule) {
    return Planner.rankings(
        CHECK.dense(),
        CHECK.structure(),
        Findings.of(PlantedGraphs.moments(CHECK, PlantedGraphs.TEXT.fitting()), ImmutableMap.of()),
        prune(rule),
        1);
  }

  private static Recipe.Prune prune(AllocationRule rule) {
    return RecipeReader.fromFlags(
            Overrides.none()
                .with(Flag.MODEL, "m")
                .with(Flag.OUTPUT, "o")
                .with(Flag.CALIBRATION, "d.jsonl")
                .with(Flag.SPARSITY, "0.4")
                .with(Flag.ROUND_TO, "1")
                .with(Flag.SELECTOR, "obs"))
        .prune()
        .with(rule);
  }

  private static int kept(PruningPlan plan, int unit) {
    return plan.units().get(unit).kept().length();
  }
}
