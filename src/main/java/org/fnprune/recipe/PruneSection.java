package org.fnprune.recipe;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.Recipe.AllocationRule;
import org.fnprune.recipe.Recipe.Budget;
import org.fnprune.recipe.Recipe.Form;
import org.fnprune.recipe.Recipe.Prune;
import org.fnprune.recipe.Recipe.SelectorName;
import org.fnprune.recipe.Recipe.Weighting;
import org.jspecify.annotations.Nullable;

/** Reads {@code prune}. */
final class PruneSection {

  private static final int MANY = 1 << 16;

  private static final ImmutableList<String> KEYS =
      ImmutableList.of(
          "targets",
          "sparsity",
          "parameters",
          "selector",
          "form",
          "protected_share",
          "weighting",
          "allocation",
          "protect",
          "max_per_layer",
          "round_to");

  /** The unit kinds of the contract. */
  private static final ImmutableMap<String, String> TARGETS =
      ImmutableMap.of(
          "ffn", "ffn", "heads", "heads", "kv_groups", "kv_groups", "ffn_out", "ffn_out");

  private PruneSection() {}

  static Prune read(YamlMapping root, Overrides flags) {
    YamlMapping file = root.mapping("prune", KEYS);
    RecipeSource source = new RecipeSource(file, flags);
    RecipeSource protect =
        new RecipeSource(file.mapping("protect", ImmutableList.of("first", "last")), flags);
    return new Prune(
        targets(source.find("targets", Flag.TARGETS)),
        budget(root, file, flags),
        source.oneOf("selector", Flag.SELECTOR, Names.all(SelectorName.class), SelectorName.AUTO),
        source.oneOf("form", Flag.FORM, Names.all(Form.class), Form.HYBRID),
        share(source.find("protected_share", Flag.PROTECTED_SHARE)),
        source.oneOf("weighting", Flag.WEIGHTING, Names.all(Weighting.class), Weighting.ENERGY),
        allocation(source.find("allocation", Flag.ALLOCATION)),
        protect.integer("first", 0, MANY, 0),
        protect.integer("last", 0, MANY, 0),
        limit(source.find("max_per_layer", Flag.MAX_PER_LAYER)),
        source.integer("round_to", Flag.ROUND_TO, 1, MANY, 8));
  }

  private static @Nullable Double share(@Nullable Setting setting) {
    return setting == null || setting.text().equals("auto") ? null : setting.within(0, 1);
  }

  private static @Nullable AllocationRule allocation(@Nullable Setting setting) {
    return setting == null || setting.text().equals("auto")
        ? null
        : setting.oneOf(Names.all(AllocationRule.class));
  }

  private static double limit(@Nullable Setting setting) {
    if (setting == null) {
      return 1;
    }
    double limit = setting.within(0, 1);
    if (limit == 0) {
      throw setting.refuse("lets nothing be removed", "give a share such as 0.8, or leave it out");
    }
    return limit;
  }

  private static ImmutableList<String> targets(@Nullable Setting setting) {
    if (setting == null) {
      return ImmutableList.of("ffn");
    }
    if (setting.elements().isEmpty()) {
      throw setting.refuse(
          "must name at least one kind of unit: " + String.join(", ", TARGETS.keySet()),
          "write [ffn]");
    }
    return setting.elements().stream()
        .map(target -> target.oneOf(TARGETS))
        .distinct()
        .collect(ImmutableList.toImmutableList());
  }

  /** A budget on the command line replaces the file's, whichever of the two keys each uses. */
  private static Budget budget(YamlMapping root, YamlMapping file, Overrides flags) {
    boolean typed = flags.has(Flag.SPARSITY) || flags.has(Flag.PARAMETERS);
    Setting sparsity = typed ? flags.find(Flag.SPARSITY) : file.find("sparsity");
    Setting parameters = typed ? flags.find(Flag.PARAMETERS) : file.find("parameters");
    if (sparsity != null && parameters != null) {
      throw parameters.refuse(
          "cannot be combined with " + sparsity.label() + " " + sparsity.text(),
          "keep one: sparsity removes a share of the targets, parameters keeps a share of the"
              + " model");
    }
    if (sparsity != null) {
      return new Budget.Sparsity(sparsity.fraction("0.5"));
    }
    if (parameters != null) {
      return new Budget.Parameters(parameters.fraction("0.5"));
    }
    if (root.line() == 0) {
      throw new UsageException(
          "--sparsity is missing",
          "add --sparsity R (share of the targets to remove), such as 0.5");
    }
    throw file.missing("one of 'sparsity' and 'parameters'");
  }
}
