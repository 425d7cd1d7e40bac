package org.fnprune.select;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.fnprune.capture.MomentsStore;
import org.fnprune.common.UsageException;
import org.fnprune.model.Graph;
import org.fnprune.network.NetworkMaps;
import org.fnprune.recipe.Recipe;
import org.fnprune.structure.ConsumerWeights;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;

/** Ranks every unit's channels, spreads the budget, and keeps the best of each. */
public final class Planner {

  private Planner() {}

  /**
   * The plan.
   *
   * @param moments by unit id, read one unit at a time; empty when nothing was captured
   * @param networks by unit id; empty when none were computed
   * @throws UsageException when the budget cannot be met
   */
  public static PruningPlan plan(
      Graph graph,
      Structure structure,
      MomentsStore moments,
      Map<String, NetworkMaps> networks,
      Recipe.Prune options,
      long seed) {
    Selector selector = Selectors.of(options);
    boolean measured = selector.needs().contains(Selector.Evidence.MOMENTS);
    List<Ranking> rankings = new ArrayList<>();
    for (PrunableUnit unit : structure.units()) {
      Candidate candidate =
          new Candidate(
              unit.id(),
              unit.layer(),
              ConsumerWeights.of(graph, unit, measured),
              unit.unitSize(),
              unit.parametersPerChannel(),
              measured ? moments.get(unit.id()) : null,
              networks.get(unit.id()));
      rankings.add(selector.rank(candidate, seed));
    }
    List<Integer> widths =
        Allocation.widths(
            structure.units().stream().map(Place::of).toList(),
            structure.overlaps(),
            comparable(structure, selector, rankings),
            parametersToRemove(structure, options.budget()),
            options);
    List<UnitPlan> units = new ArrayList<>();
    for (int i = 0; i < rankings.size(); i++) {
      PrunableUnit unit = structure.units().get(i);
      units.add(
          new UnitPlan(
              unit.id(),
              unit.kind().label(),
              unit.layer(),
              unit.activation(),
              -1,
              unit.width(),
              unit.unitSize(),
              rankings.get(i).best(widths.get(i))));
    }
    return new PruningPlan(units);
  }

  /** Shares of units whose channels do not cost the same are compared by the parameter. */
  private static List<Ranking> comparable(
      Structure structure, Selector selector, List<Ranking> rankings) {
    List<Long> costs = structure.units().stream().map(PrunableUnit::parametersPerChannel).toList();
    if (!selector.isShare() || costs.stream().distinct().count() == 1) {
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
