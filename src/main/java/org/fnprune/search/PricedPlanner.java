package org.fnprune.search;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Recipe.AllocationRule;
import org.fnprune.select.Planner;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.Ranking;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;

/**
 * Spreads a budget by what the loss minds. The price of a unit's error is measured where the unit
 * is, beside all others where they are; that holds nearby, so widths move step by step:
 *
 * <ol>
 *   <li>start with the same share of every unit
 *   <li>measure the loss with each unit alone a step narrower; what it rises by, over what its
 *       error curve rises by, is the price of its errors
 *   <li>allocate anew with the curves at these prices, no unit further than a step away
 *   <li>if the loss falls, go on from there, else halve the step
 * </ol>
 */
final class PricedPlanner {

  private static final int ROUNDS = 3;

  /** The first step, as a share of a unit's width. */
  private static final double STEP = 0.2;

  private final Structure structure;
  private final List<Ranking> rankings;
  private final Recipe.Prune options;
  private final JointLoss loss;
  private final Deadline deadline;

  /**
   * @param rankings error curves, in the order of the units
   */
  PricedPlanner(
      Structure structure,
      List<Ranking> rankings,
      Recipe.Prune options,
      JointLoss loss,
      Deadline deadline) {
    this.structure = structure;
    this.rankings = rankings;
    this.options = options;
    this.loss = loss;
    this.deadline = deadline;
  }

  /** A plan and its loss. */
  private record Priced(PruningPlan plan, double loss) {}

  /** The best plan found. */
  PruningPlan plan() {
    Priced best = priced(Planner.plan(structure, rankings, options.with(AllocationRule.UNIFORM)));
    double step = STEP;
    for (int round = 0;
        round < ROUNDS && structure.units().size() > 1 && !deadline.isOver();
        round++) {
      List<Integer> widths = widths(best.plan());
      List<Integer> lower = moved(widths, -step);
      List<Integer> upper = moved(widths, step);
      PruningPlan next = Planner.planWithin(structure, priced(best, lower), options, lower, upper);
      if (next.equals(best.plan())) {
        step /= 2;
        continue;
      }
      Priced found = priced(next);
      if (found.loss() < best.loss()) {
        best = found;
      } else {
        step /= 2;
      }
    }
    return best.plan();
  }

  private Priced priced(PruningPlan plan) {
    return new Priced(plan, loss.of(plan));
  }

  private static List<Integer> widths(PruningPlan plan) {
    return plan.units().stream().map(unit -> unit.kept().length()).toList();
  }

  private List<Integer> moved(List<Integer> widths, double step) {
    List<Integer> moved = new ArrayList<>();
    for (int u = 0; u < widths.size(); u++) {
      PrunableUnit unit = structure.units().get(u);
      int by = (int) Math.max(1, Math.round(Math.abs(step) * unit.width()));
      int width = widths.get(u) + (step < 0 ? -by : by);
      moved.add(Math.max(1, Math.min(unit.width(), width)));
    }
    return moved;
  }

  /** The rankings with their values in nats. */
  private List<Ranking> priced(Priced from, List<Integer> lower) {
    List<Integer> widths = widths(from.plan());
    ImmutableList.Builder<Ranking> priced = ImmutableList.builder();
    for (int u = 0; u < rankings.size(); u++) {
      Ranking ranking = rankings.get(u);
      double error = ranking.without(lower.get(u)) - ranking.without(widths.get(u));
      double rise = error > 0 ? at(widths, u, lower.get(u)) - from.loss() : 0;
      priced.add(ranking.scaled(error > 0 ? Math.max(rise, 0) / error : 0));
    }
    return priced.build();
  }

  private double at(List<Integer> widths, int unit, int width) {
    List<Integer> changed = new ArrayList<>(widths);
    changed.set(unit, width);
    return loss.of(Planner.keeping(structure, rankings, changed));
  }
}
