package org.fnprune.search;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Recipe.AllocationRule;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.fnprune.recipe.Recipe.Form;
import org.fnprune.recipe.Recipe.Prune;
import org.fnprune.recipe.Recipe.SelectorName;

/** What the search may try: all that the recipe leaves open. */
final class Choices {

  private static final ImmutableList<Double> SHARES = ImmutableList.of(0.25, 0.5);

  private static final ImmutableList<SelectorName> OTHERS =
      ImmutableList.of(
          SelectorName.OBS, SelectorName.WANDA_SP, SelectorName.FLAP, SelectorName.MAGNITUDE);

  private final Recipe recipe;
  private final int components;

  /**
   * @param components networks per unit by the recipe; 0 where that is estimated
   */
  Choices(Recipe recipe, int components) {
    this.recipe = recipe;
    this.components = components;
  }

  /** What a recipe that names a selector asks for. */
  Choice given() {
    Prune prune = recipe.prune();
    return choice(prune.selector(), prune.form(), prune.beta())
        .with(prune.allocationRule())
        .sequentially(recipe.compensate().isSequential());
  }

  /** Optimal brain surgery with uniform widths, where nothing can be measured. */
  Choice withoutText() {
    return choice(SelectorName.OBS, Form.HYBRID, 0);
  }

  /** Every selector, first with uniform widths, or the rule that the recipe names. */
  ImmutableList<Choice> selectors() {
    List<Choice> all = new ArrayList<>();
    OTHERS.forEach(name -> all.add(choice(name, Form.HYBRID, 0)));
    Double share = recipe.prune().protectedShare();
    for (double beta : share == null ? SHARES : ImmutableList.of(share)) {
      all.add(choice(SelectorName.FUNCTIONAL_NETWORKS, Form.HYBRID, beta));
    }
    all.add(choice(SelectorName.FUNCTIONAL_NETWORKS, Form.COVERAGE, 1));
    all.add(choice(SelectorName.FUNCTIONAL_NETWORKS, Form.UNION, 1));
    return ImmutableList.copyOf(all);
  }

  /** The same with half and twice as many networks. */
  ImmutableList<Choice> otherComponents(Choice choice) {
    return choice.components() < 4
        ? ImmutableList.of()
        : ImmutableList.of(
            choice.withComponents(choice.components() / 2),
            choice.withComponents(choice.components() * 2));
  }

  /** The finalists by every rule to spread the budget; the dearest rule for the best one alone. */
  ImmutableList<Choice> allocations(List<Search.Scored> finalists) {
    AllocationRule given = recipe.prune().allocation();
    ImmutableList.Builder<Choice> all = ImmutableList.builder();
    for (Search.Scored finalist : finalists) {
      Choice choice = finalist.choice();
      if (given != null) {
        all.add(choice.with(given));
        continue;
      }
      all.add(choice, choice.with(AllocationRule.Z_SCORE), choice.with(AllocationRule.SENSITIVITY));
      if (finalist.equals(finalists.get(0))) {
        all.add(choice.with(AllocationRule.CURVATURE));
      }
    }
    return all.build();
  }

  /** The same with and without fitting one layer behind the other. */
  ImmutableList<Choice> sequences(Choice choice) {
    Boolean given = recipe.compensate().sequential();
    if (given != null || recipe.compensate().method() != CompensationMethod.LEAST_SQUARES) {
      return ImmutableList.of(choice.sequentially(Boolean.TRUE.equals(given)));
    }
    return ImmutableList.of(choice.sequentially(true), choice);
  }

  private Choice choice(SelectorName name, Form form, double beta) {
    AllocationRule given = recipe.prune().allocation();
    AllocationRule rule = given == null || given.isPriced() ? AllocationRule.UNIFORM : given;
    boolean networks = name == SelectorName.FUNCTIONAL_NETWORKS;
    return new Choice(
        recipe.prune().choosing(name, form, beta, rule), networks ? components : 0, false);
  }
}
