package org.fnprune.select;

import org.fnprune.recipe.Recipe;

/** The selectors by their names in recipes. */
public final class Selectors {

  private Selectors() {}

  /** The selector that {@code options} names. */
  public static Selector of(Recipe.Prune options) {
    return switch (options.selector()) {
      case AUTO -> throw new IllegalArgumentException("the search has not chosen yet");
      case OBS -> new ObsSelector();
      case RANDOM -> new RandomSelector();
      case MAGNITUDE -> new MagnitudeSelector();
      case WANDA_SP -> new WandaSpSelector();
      case FLAP -> new FlapSelector();
      case FUNCTIONAL_NETWORKS ->
          switch (options.form()) {
            case HYBRID -> new HybridSelector(options.beta());
            case COVERAGE -> new CoverageSelector();
            case UNION -> new UnionSelector();
          };
    };
  }
}
