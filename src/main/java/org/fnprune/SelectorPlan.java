package org.fnprune;

import com.google.common.primitives.ImmutableDoubleArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.Recipe;
import org.fnprune.select.Findings;
import org.fnprune.select.Planner;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.Ranking;
import org.fnprune.select.Selectors;

/**
 * What a selector keeps at a sparsity.
 *
 * @param selector its name
 * @param sparsity share of the targets' parameters to remove
 */
record SelectorPlan(String selector, double sparsity, PruningPlan plan) {

  /**
   * The plans of every selector in every form at every sparsity, in widths of any number, with the
   * recipe's rule that spreads the budget. Sparsities out of reach are warned of and left out.
   */
  static List<SelectorPlan> all(MaskRun run, ImmutableDoubleArray sparsities) {
    List<SelectorPlan> plans = new ArrayList<>();
    Map<Double, String> problems = new LinkedHashMap<>();
    for (Map.Entry<String, Recipe.Prune> choice : choices(run).entrySet()) {
      List<Ranking> rankings = rankings(run, choice.getValue());
      for (double sparsity : sparsities.asList()) {
        try {
          plans.add(
              new SelectorPlan(
                  choice.getKey(),
                  sparsity,
                  Planner.plan(
                      run.inputs().structure(), rankings, choice.getValue().removing(sparsity))));
        } catch (UsageException e) {
          problems.putIfAbsent(sparsity, String.valueOf(e.getMessage()));
        }
      }
    }
    problems.forEach(
        (sparsity, problem) ->
            run.listener().warn("sparsity " + sparsity + " is left out: " + problem));
    return plans;
  }

  /** Every selector in every form, by its name; but not the search among them. */
  private static Map<String, Recipe.Prune> choices(MaskRun run) {
    Recipe.Prune asked = run.recipe().prune();
    Recipe.AllocationRule rule = rule(run);
    Map<String, Recipe.Prune> choices = new LinkedHashMap<>();
    for (Recipe.SelectorName name : Recipe.SelectorName.values()) {
      if (name == Recipe.SelectorName.AUTO) {
        continue;
      }
      for (Recipe.Form form : Recipe.Form.values()) {
        Recipe.Prune prune = asked.choosing(name, form, asked.beta(), rule);
        choices.putIfAbsent(Selectors.of(prune).name(), prune);
      }
    }
    return choices;
  }

  /** The recipe's, unless it needs more than moments and networks. */
  private static Recipe.AllocationRule rule(MaskRun run) {
    Recipe.AllocationRule rule = run.recipe().prune().allocationRule();
    return switch (rule) {
      case UNIFORM, GLOBAL, Z_SCORE -> rule;
      case SENSITIVITY, CURVATURE -> {
        run.listener().warn("a sweep measures no sensitivity: its budgets are spread uniformly");
        yield Recipe.AllocationRule.UNIFORM;
      }
    };
  }

  private static List<Ranking> rankings(MaskRun run, Recipe.Prune choice) {
    return Planner.rankings(
        run.inputs().dense(),
        run.inputs().structure(),
        Findings.of(run.captures().moments().all(), run.networks()),
        choice,
        run.recipe().seed());
  }

  /** Neurons that are left. */
  int neurons() {
    return plan.units().stream().mapToInt(unit -> unit.kept().length() * unit.unitSize()).sum();
  }
}
