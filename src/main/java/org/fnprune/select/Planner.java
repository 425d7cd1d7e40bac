package org.fnprune.select;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import org.fnprune.common.UsageException;
import org.fnprune.model.Graph;
import org.fnprune.recipe.Recipe;
import org.fnprune.structure.ConsumerWeights;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;

/** Ranks every unit's channels, spreads the budget, and keeps the best of each. */
public final class Planner {

  private Planner() {}

  /**
   * The plan of a selector whose values need no prices.
   *
   * @throws UsageException when the budget cannot be met
   */
  public static PruningPlan plan(
      Graph graph, Structure structure, Findings findings, Recipe.Prune options, long seed) {
    return plan(structure, rankings(graph, structure, findings, options, seed), options);
  }

  /**
   * Every unit's channels in the selector's order, with values for the rule that spreads the
   * budget: comparable over units by the parameter.
   *
   * @return in the order of the units
   */
  public static ImmutableList<Ranking> rankings(
      Graph graph, Structure structure, Findings findings, Recipe.Prune options, long seed) {
    Selector selector = Selectors.of(options);
    return structure.units().stream()
        .map(unit -> rank(graph, unit, selector, findings, options, seed))
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * Spreads the budget over rankings, and keeps the best channels of each.
   *
   * @param rankings in the order of the units
   * @throws UsageException when the budget cannot be met
   */
  public static PruningPlan plan(
      Structure structure, List<Ranking> rankings, Recipe.Prune options) {
    Selector selector = Selectors.of(options);
    List<Integer> widths =
        Allocation.widths(
            structure.units().stream().map(Place::of).toList(),
            structure.overlaps(),
            comparable(structure, selector.isShare() || isPriced(options), rankings),
            parametersToRemove(structure, options.budget()),
            options);
    return keeping(structure, rankings, widths);
  }

  /**
   * The same by values in one currency, with bounds for each unit's width.
   *
   * @param lower the smallest width of each unit
   * @param upper the largest
   */
  public static PruningPlan planWithin(
      Structure structure,
      List<Ranking> rankings,
      Recipe.Prune options,
      List<Integer> lower,
      List<Integer> upper) {
    List<Integer> widths =
        Allocation.widthsWithin(
            structure.units().stream().map(Place::of).toList(),
            structure.overlaps(),
            comparable(structure, true, rankings),
            parametersToRemove(structure, options.budget()),
            options,
            lower,
            upper);
    return keeping(structure, rankings, widths);
  }

  /** The plan that keeps the best channels of each unit. */
  public static PruningPlan keeping(
      Structure structure, List<Ranking> rankings, List<Integer> widths) {
    List<UnitPlan> units = new ArrayList<>();
    for (int i = 0; i < rankings.size(); i++) {
      PrunableUnit unit = structure.units().get(i);
      units.add(UnitPlan.of(unit, rankings.get(i).best(widths.get(i))));
    }
    return new PruningPlan(units);
  }

  /**
   * A unit's channels in the selector's order, with values for the rule that spreads the budget.
   */
  private static Ranking rank(
      Graph graph,
      PrunableUnit unit,
      Selector selector,
      Findings findings,
      Recipe.Prune options,
      long seed) {
    boolean measured = isPriced(options) || selector.needs().contains(Selector.Evidence.MOMENTS);
    Candidate candidate =
        new Candidate(
            unit.id(),
            unit.layer(),
            ConsumerWeights.of(graph, unit, measured),
            unit.unitSize(),
            unit.parametersPerChannel(),
            measured ? findings.moments().get(unit.id()) : null,
            findings.networks().get(unit.id()),
            isPriced(options) ? findings.metrics().get(unit.id()) : null,
            options.weighting() == Recipe.Weighting.LESIONS
                ? findings.lesions().get(unit.id())
                : null);
    Ranking ranking = selector.rank(candidate, seed);
    if (isPriced(options) && !selector.isErrorCurve()) {
      return ErrorCurve.of(candidate, ranking.order());
    }
    return options.allocationRule() == Recipe.AllocationRule.Z_SCORE
        ? ranking.standardised()
        : ranking;
  }

  /** Whether the budget goes by what the loss minds. */
  public static boolean isPriced(Recipe.Prune options) {
    return options.allocationRule().isPriced();
  }

  /** Shares of units whose channels do not cost the same are compared by the parameter. */
  private static List<Ranking> comparable(
      Structure structure, boolean share, List<Ranking> rankings) {
    List<Long> costs = structure.units().stream().map(PrunableUnit::parametersPerChannel).toList();
    if (!share || costs.stream().distinct().count() == 1) {
      return rankings;
    }
    List<Ranking> comparable = new ArrayList<>();
    for (int u = 0; u < rankings.size(); u++) {
      comparable.add(rankings.get(u).scaled(1.0 / costs.get(u)));
    }
    return comparable;
  }

  /**
   * Refuses a budget that no choice of channels can meet, before anything is computed.
   *
   * @throws UsageException when it cannot be met
   */
  public static void requireReachable(Structure structure, Recipe.Prune options) {
    long target = parametersToRemove(structure, options.budget());
    Allocation.requireReachable(structure, target, options);
  }

  /**
   * Parameters that a budget asks to remove, before widths are rounded.
   *
   * @throws UsageException when there are not as many prunable ones
   */
  public static long parametersToRemove(Structure structure, Recipe.Budget budget) {
    if (budget instanceof Recipe.Budget.Sparsity sparsity) {
      return Math.round(sparsity.fraction() * structure.prunableParameters());
    }
    double keep = ((Recipe.Budget.Parameters) budget).fraction();
    long remove = Math.round((1 - keep) * structure.parameters());
    if (remove > structure.prunableParameters()) {
      throw new UsageException(
          "keeping "
              + keep
              + " of the model means removing "
              + remove
              + " parameters, but only "
              + structure.prunableParameters()
              + " are prunable",
          "raise parameters to "
              + Math.ceil(
                      1000.0
                          * (structure.parameters() - structure.prunableParameters())
                          / structure.parameters())
                  / 1000
              + " or more");
    }
    return remove;
  }
}
