package org.fnprune;

import com.google.common.collect.ImmutableList;
import java.util.stream.Collectors;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.Recipe;
import org.fnprune.structure.Structure;
import org.fnprune.structure.UnitKind;

/** The units that a recipe wants pruned. */
final class Targets {

  private Targets() {}

  /**
   * The units of the recipe's targets; all others stay whole.
   *
   * @throws UsageException when the model has no unit of one of them
   */
  static Structure of(Structure found, Recipe recipe) {
    ImmutableList<UnitKind> kinds =
        recipe.prune().targets().stream()
            .map(UnitKind::of)
            .collect(ImmutableList.toImmutableList());
    for (UnitKind kind : kinds) {
      if (!found.kinds().contains(kind)) {
        throw none(kind, found, recipe);
      }
    }
    return found.only(kinds);
  }

  private static UsageException none(UnitKind kind, Structure found, Recipe recipe) {
    String has =
        found.kinds().stream().map(UnitKind::label).sorted().collect(Collectors.joining(", "));
    return new UsageException(
        "model '"
            + recipe.model()
            + "' has no prunable units of kind "
            + kind.label()
            + (has.isEmpty() ? "" : "; it has " + has),
        (has.isEmpty() ? "" : "set targets to what it has; ")
            + "see 'fnprune inspect "
            + recipe.model()
            + "' for the reasons");
  }
}
