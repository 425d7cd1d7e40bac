package org.fnprune.search;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableDoubleArray;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.fnprune.capture.WeightedMoments;
import org.fnprune.data.TokenBatch;
import org.fnprune.network.NetworkMaps;
import org.fnprune.recipe.Recipe.AllocationRule;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.fnprune.recipe.Recipe.Weighting;
import org.fnprune.select.Contribution;
import org.fnprune.select.Findings;
import org.fnprune.select.OutputMetric;
import org.fnprune.select.Planner;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.Ranking;
import org.fnprune.select.Selectors;
import org.fnprune.select.UnitPlan;
import org.fnprune.verify.OnnxPredictor;
import org.jspecify.annotations.Nullable;

/** Makes the plan of a choice. What choices share is found or measured once, when it is needed. */
final class PlanMaker {

  /** Held-out tokens that lesions are measured on: there are many networks. */
  private static final long LESION_TOKENS = 2048;

  private final SearchInputs inputs;
  private final Deadline deadline;
  private final boolean logits;
  private final Map<Choice, PruningPlan> plans = new HashMap<>();
  private final Map<Choice, ImmutableList<Ranking>> rankings = new HashMap<>();
  private final Map<Choice, Double> predicted = new HashMap<>();
  private final Map<Integer, ImmutableMap<String, NetworkMaps>> networks = new HashMap<>();
  private final Map<Integer, ImmutableMap<String, ImmutableDoubleArray>> lesions = new HashMap<>();
  private @Nullable ImmutableMap<String, OutputMetric> metrics;

  /**
   * @param deadline when widths are not moved any further
   */
  PlanMaker(SearchInputs inputs, Deadline deadline) {
    this.inputs = inputs;
    this.deadline = deadline;
    this.logits = Divergence.isOfLogits(inputs.dense().model());
  }

  /** What curvature says that a choice's plan costs, in nats; empty where it was not measured. */
  OptionalDouble predicted(Choice choice) {
    Double cost = predicted.get(choice.sequentially(false));
    return cost == null ? OptionalDouble.empty() : OptionalDouble.of(cost);
  }

  /** The loss of the dense model itself against others, on so many held-out tokens. */
  CalibrationLoss loss(long tokens) {
    try (OnnxPredictor dense = OnnxPredictor.open(inputs.dense().model(), inputs.device())) {
      return CalibrationLoss.of(dense, inputs.texts(), tokens, logits);
    }
  }

  /**
   * The plan.
   *
   * @param loss that prices are measured by; null where the plan is known or needs none
   */
  PruningPlan plan(Choice choice, @Nullable JointLoss loss) {
    return plans.computeIfAbsent(choice.sequentially(false), c -> planned(c, loss));
  }

  private PruningPlan planned(Choice choice, @Nullable JointLoss loss) {
    ImmutableList<Ranking> rankings = rankings(choice);
    if (loss == null || !Planner.isPriced(choice.prune())) {
      return Planner.plan(inputs.structure(), rankings, choice.prune());
    }
    PruningPlan plan =
        new PricedPlanner(inputs.structure(), rankings, choice.prune(), loss, deadline).plan();
    if (choice.prune().allocationRule() == AllocationRule.CURVATURE) {
      predicted.put(choice.sequentially(false), cost(rankings, plan));
    }
    return plan;
  }

  /** Rankings; the rules that look at the same values share them. */
  private ImmutableList<Ranking> rankings(Choice choice) {
    AllocationRule rule = choice.prune().allocationRule();
    boolean curve =
        Selectors.of(choice.prune()).isErrorCurve() && rule == AllocationRule.SENSITIVITY;
    Choice like = curve ? choice.with(AllocationRule.UNIFORM) : choice;
    return rankings.computeIfAbsent(
        like,
        c ->
            Planner.rankings(
                inputs.dense(),
                inputs.structure(),
                findings(choice),
                choice.prune(),
                inputs.recipe().seed()));
  }

  private static double cost(List<Ranking> rankings, PruningPlan plan) {
    double cost = 0;
    for (int u = 0; u < rankings.size(); u++) {
      UnitPlan unit = plan.units().get(u);
      cost += rankings.get(u).without(unit.kept().length());
    }
    return cost;
  }

  private Findings findings(Choice choice) {
    Findings findings = Findings.of(inputs.moments().all(), networks(choice));
    if (choice.prune().weighting() == Weighting.LESIONS && choice.usesNetworks()) {
      findings =
          findings.withLesions(
              lesions.computeIfAbsent(choice.components(), k -> lesions(networks(choice))));
    }
    return choice.prune().allocationRule() == AllocationRule.CURVATURE
        ? findings.withMetrics(metrics())
        : findings;
  }

  /** The networks that a choice goes by; none for most selectors. */
  ImmutableMap<String, NetworkMaps> networks(Choice choice) {
    return choice.usesNetworks()
        ? networks.computeIfAbsent(choice.components(), inputs.networks()::apply)
        : ImmutableMap.of();
  }

  /**
   * The networks that a choice goes by, or else the usual number of them where others were tried
   * that do.
   */
  ImmutableMap<String, NetworkMaps> networksToShow(Choice choice) {
    return choice.usesNetworks()
        ? networks(choice)
        : networks.getOrDefault(inputs.components(), ImmutableMap.of());
  }

  private ImmutableMap<String, OutputMetric> metrics() {
    ImmutableMap<String, OutputMetric> measured = metrics;
    if (measured == null) {
      TokenBatch probes = CalibrationLoss.probes(inputs.texts().get(0).fitting());
      measured =
          Curvature.of(
              inputs.dense(),
              inputs.structure(),
              inputs.moments().all(),
              probes,
              logits,
              inputs.recipe().seed(),
              inputs.device());
      metrics = measured;
    }
    return measured;
  }

  private ImmutableMap<String, ImmutableDoubleArray> lesions(
      ImmutableMap<String, NetworkMaps> found) {
    return Lesions.of(inputs.structure(), found, jointLoss(LESION_TOKENS, CompensationMethod.BIAS));
  }

  /** The loss of plans, compensated by the recipe's method. */
  JointLoss jointLoss(long tokens) {
    return jointLoss(tokens, inputs.recipe().compensate().method());
  }

  private JointLoss jointLoss(long tokens, CompensationMethod method) {
    return new JointLoss(
        inputs.dense(),
        inputs.structure(),
        inputs.moments().all(),
        method,
        loss(tokens),
        inputs.device());
  }

  /** What each text contributed; empty without text to retain. */
  ImmutableMap<String, Contribution> contributions(Choice choice, PruningPlan plan) {
    return inputs.moments().all() instanceof WeightedMoments weighted
        ? Contribution.of(
            inputs.dense(),
            inputs.structure(),
            plan,
            findings(choice),
            weighted,
            choice.prune(),
            inputs.recipe().seed())
        : ImmutableMap.of();
  }
}
