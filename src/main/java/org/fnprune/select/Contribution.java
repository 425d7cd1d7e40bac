package org.fnprune.select;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.fnprune.capture.MomentsStore;
import org.fnprune.capture.WeightedMoments;
import org.fnprune.model.Graph;
import org.fnprune.recipe.Recipe;
import org.fnprune.structure.Structure;

/**
 * Why a unit's channels stay: which of them the same selector would keep, at the same width, by the
 * task's text alone and by the text to retain alone.
 *
 * @param both channels that both texts would keep
 * @param task channels that only the task's would
 * @param retain channels that only the text to retain would
 * @param neither channels that stay because of both together
 */
public record Contribution(int both, int task, int retain, int neither) {

  /**
   * Of every unit of a plan, by its id.
   *
   * @param findings what the plan was made by
   * @param moments of both texts
   */
  public static ImmutableMap<String, Contribution> of(
      Graph graph,
      Structure structure,
      PruningPlan plan,
      Findings findings,
      WeightedMoments moments,
      Recipe.Prune options,
      long seed) {
    List<Ranking> task = rankings(graph, structure, findings, moments.task(), options, seed);
    List<Ranking> retain = rankings(graph, structure, findings, moments.retained(), options, seed);
    ImmutableMap.Builder<String, Contribution> contributions = ImmutableMap.builder();
    for (int u = 0; u < plan.units().size(); u++) {
      UnitPlan unit = plan.units().get(u);
      int width = unit.kept().length();
      contributions.put(
          unit.id(), of(unit.kept(), task.get(u).best(width), retain.get(u).best(width)));
    }
    return contributions.buildOrThrow();
  }

  private static List<Ranking> rankings(
      Graph graph,
      Structure structure,
      Findings findings,
      MomentsStore moments,
      Recipe.Prune options,
      long seed) {
    return Planner.rankings(graph, structure, findings.withMoments(moments), options, seed);
  }

  static Contribution of(
      ImmutableIntArray kept, ImmutableIntArray byTask, ImmutableIntArray byRetain) {
    Set<Integer> task = new HashSet<>(byTask.asList());
    Set<Integer> retain = new HashSet<>(byRetain.asList());
    int[] counts = new int[4];
    kept.forEach(
        channel -> counts[(task.contains(channel) ? 2 : 0) + (retain.contains(channel) ? 1 : 0)]++);
    return new Contribution(counts[3], counts[2], counts[1], counts[0]);
  }
}
