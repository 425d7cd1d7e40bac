package org.fnprune.recipe;

import com.google.common.collect.ImmutableList;
import org.fnprune.recipe.Networks.Algorithm;
import org.fnprune.recipe.Networks.Components;
import org.fnprune.recipe.Networks.Estimator;
import org.fnprune.recipe.Networks.Grouping;
import org.fnprune.recipe.Networks.Groups;
import org.fnprune.recipe.Networks.Ica;
import org.fnprune.recipe.Networks.Keep;
import org.fnprune.recipe.Networks.Method;
import org.fnprune.recipe.Networks.Nonlinearity;
import org.fnprune.recipe.Networks.Signals;
import org.fnprune.recipe.Networks.Threshold;
import org.jspecify.annotations.Nullable;

/** Reads {@code networks}. */
final class NetworksSection {

  private static final int MANY = 1 << 20;

  private static final ImmutableList<String> KEYS =
      ImmutableList.of(
          "method",
          "source",
          "components",
          "threshold",
          "groups",
          "grouping",
          "algorithm",
          "nonlinearity",
          "restarts",
          "tolerance",
          "max_iterations",
          "keep");

  private NetworksSection() {}

  static Networks read(YamlMapping root, Overrides flags) {
    RecipeSource source = new RecipeSource(root.mapping("networks", KEYS), flags);
    return new Networks(
        source.oneOf("method", Flag.METHOD, Names.all(Method.class), Method.SPATIAL_ICA),
        source.oneOf("source", Flag.SOURCE, Names.all(Signals.class), Signals.ACTIVATION),
        components(source.find("components", Flag.COMPONENTS)),
        threshold(source.find("threshold", Flag.THRESHOLD)),
        groups(source.find("groups", Flag.GROUPS)),
        source.oneOf("grouping", Flag.GROUPING, Names.all(Grouping.class), Grouping.STACKED),
        ica(source));
  }

  private static Ica ica(RecipeSource source) {
    Ica usual = Ica.DEFAULT;
    Setting tolerance = source.find("tolerance", Flag.TOLERANCE);
    return new Ica(
        source.oneOf("algorithm", Flag.ALGORITHM, Names.all(Algorithm.class), usual.algorithm()),
        source.oneOf(
            "nonlinearity", Flag.NONLINEARITY, Names.all(Nonlinearity.class), usual.nonlinearity()),
        source.integer("restarts", Flag.RESTARTS, 1, MANY, usual.restarts()),
        tolerance == null ? usual.tolerance() : tolerance.fraction("0.0001"),
        source.integer("max_iterations", Flag.MAX_ITERATIONS, 1, MANY, usual.maxIterations()),
        source.oneOf("keep", Flag.KEEP, Names.all(Keep.class), usual.keep()));
  }

  /** A number, or how to estimate it: {@code minka}, {@code pesel}, or {@code auto} for pesel. */
  private static Components components(@Nullable Setting setting) {
    if (setting == null) {
      return new Components.Fixed(32);
    }
    return switch (setting.text()) {
      case "auto", "pesel" -> new Components.Estimated(Estimator.PESEL);
      case "minka" -> new Components.Estimated(Estimator.MINKA);
      default -> {
        requireNumber(setting, "a whole number, auto, pesel, minka", "try auto or 64");
        yield new Components.Fixed(setting.integer(1, MANY));
      }
    };
  }

  /** {@code auto}, {@code z:3} (or just {@code 3}), {@code ratio:1} or {@code fdr:0.05}. */
  private static Threshold threshold(@Nullable Setting setting) {
    if (setting == null || setting.text().equals("auto")) {
      return new Threshold.Budget();
    }
    return switch (setting.before(':')) {
      case "z" -> new Threshold.Z(setting.after(':').positive(false));
      case "ratio" -> new Threshold.Ratio(setting.after(':').positive(false));
      case "fdr" -> new Threshold.Fdr(setting.after(':').fraction("0.05"));
      default -> {
        requireNumber(setting, "auto, z:NUMBER, ratio:NUMBER, fdr:RATE", "try auto or z:3");
        yield new Threshold.Z(setting.positive(false));
      }
    };
  }

  /** A number of shards, {@code dataset}, or {@code field:NAME}. */
  private static Groups groups(@Nullable Setting setting) {
    if (setting == null) {
      return new Groups.Shards(1);
    }
    if (setting.text().equals("dataset")) {
      return new Groups.Datasets();
    }
    if (setting.before(':').equals("field")) {
      return new Groups.Field(setting.after(':').string());
    }
    requireNumber(setting, "a whole number, dataset, field:NAME", "try 4");
    return new Groups.Shards(setting.integer(1, MANY));
  }

  /** Refuses what is neither a name that is known nor meant as a number. */
  private static void requireNumber(Setting setting, String allowed, String help) {
    if (!setting.looksNumeric()) {
      throw setting.refuse("is not known; allowed: " + allowed, help);
    }
  }
}
