package org.fnprune.network;

import com.google.common.primitives.ImmutableIntArray;
import java.util.Optional;
import java.util.OptionalDouble;
import org.fnprune.capture.Captured;
import org.fnprune.capture.LagProducts;
import org.fnprune.capture.LiveNeurons;

/**
 * How many independent tokens would tell as much about correlations as the tokens that were seen.
 *
 * <p>Neighbouring tokens are alike, so n tokens say less than n independent ones. Of two AR(1)
 * series with lag-1 autocorrelations ρ₁ and ρ₂, the sample correlation varies as that of n(1 −
 * ρ₁ρ₂)/(1 + ρ₁ρ₂) independent samples (Bartlett 1935; Bayley and Hammersley 1946). Here all
 * neurons share one ρ, their mean lag-1 autocorrelation weighted by variance, Σ_j cov(h_t,j,
 * h_t+1,j) / Σ_j var(h_j), so n_eff = n(1 − ρ²)/(1 + ρ²). The formula for means, n(1 − ρ)/(1 + ρ),
 * would be too strict: the criteria look at eigenvalues of correlations, not at means.
 *
 * @param tokens n
 * @param count n_eff, between 2 and n
 * @param autocorrelation ρ; unknown when no lagged products were captured, and n_eff is n then
 */
public record EffectiveSamples(long tokens, double count, OptionalDouble autocorrelation) {

  /** The fewest samples that a criterion can be told. */
  private static final double FEWEST = 2;

  /** n_eff of captured signals. */
  static EffectiveSamples of(Captured captured, Optional<LagProducts> lagged) {
    ImmutableIntArray live = LiveNeurons.of(captured);
    if (lagged.isEmpty() || lagged.get().pairs() == 0 || live.isEmpty()) {
      return new EffectiveSamples(
          captured.count(), Math.max(FEWEST, (double) captured.count()), OptionalDouble.empty());
    }
    LagProducts lag = lagged.get();
    double products = 0;
    double variances = 0;
    for (int j : live.asList()) {
      double mean = captured.sum().get(0, j) / captured.count();
      products += lag.products().get(0, j) / lag.pairs() - mean * mean;
      variances += captured.squares().get(0, j) / captured.count() - mean * mean;
    }
    return of(captured.count(), products / variances);
  }

  /** n_eff of n tokens of autocorrelation ρ, which rounding may have carried out of −1 … 1. */
  static EffectiveSamples of(long tokens, double autocorrelation) {
    double rho = Math.max(-1, Math.min(1, autocorrelation));
    double count = tokens * (1 - rho * rho) / (1 + rho * rho);
    return new EffectiveSamples(tokens, Math.max(FEWEST, count), OptionalDouble.of(rho));
  }
}
