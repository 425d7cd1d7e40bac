package org.fnprune.search;

import java.util.Locale;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Recipe.Form;
import org.fnprune.recipe.Recipe.SelectorName;
import org.fnprune.select.Selector;
import org.fnprune.select.Selectors;

/**
 * One way to slim a model.
 *
 * @param prune the selector and how the budget is spread
 * @param components networks per unit, as asked for; 0 where the selector looks at none or the
 *     number is estimated
 * @param sequential whether layers are fitted one behind the other
 */
public record Choice(Recipe.Prune prune, int components, boolean sequential) {

  /** Whether the selector goes by functional networks. */
  public boolean usesNetworks() {
    return Selectors.of(prune).needs().contains(Selector.Evidence.NETWORKS);
  }

  /** The same with another rule to spread the budget. */
  Choice with(Recipe.AllocationRule rule) {
    return new Choice(prune.with(rule), components, sequential);
  }

  /** The same with another number of networks. */
  Choice withComponents(int other) {
    return new Choice(prune, other, sequential);
  }

  /** The same with or without fitting one layer behind the other. */
  Choice sequentially(boolean wanted) {
    return new Choice(prune, components, wanted);
  }

  /** The choice in words, such as {@code functional-networks (hybrid), β 0.25, 32 networks}. */
  public String describe() {
    StringBuilder text = new StringBuilder(Selectors.of(prune).name());
    if (prune.selector() == SelectorName.FUNCTIONAL_NETWORKS && prune.form() == Form.HYBRID) {
      text.append(String.format(Locale.ROOT, ", β %.2f", prune.beta()));
    }
    if (components > 0) {
      text.append(", ").append(components).append(" networks");
    }
    text.append(", ")
        .append(prune.allocationRule().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    return text + (sequential ? ", sequential" : "");
  }
}
