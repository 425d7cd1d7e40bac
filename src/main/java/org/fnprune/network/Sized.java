package org.fnprune.network;

import java.util.Optional;
import org.fnprune.capture.Captured;
import org.fnprune.capture.LagProducts;
import org.fnprune.recipe.Networks;

/**
 * A signal's axes over all tokens, as many as there are components.
 *
 * @param axes at most {@code components.count()}
 */
record Sized(ComponentCount components, PrincipalAxes axes) {

  /** The given number of axes, or as many as the spectrum speaks for. */
  static Sized of(Captured captured, Networks.Components wanted, Optional<LagProducts> lags) {
    if (wanted instanceof Networks.Components.Estimated estimated) {
      PrincipalAxes all = PrincipalAxes.of(captured, captured.width());
      ComponentCount count =
          ComponentCount.estimated(
              estimated.by(), Spectrum.of(all), EffectiveSamples.of(captured, lags));
      return new Sized(count, all.leading(count.count()));
    }
    int count = ((Networks.Components.Fixed) wanted).count();
    return new Sized(
        ComponentCount.given(count, captured.count()), PrincipalAxes.of(captured, count));
  }
}
