package org.fnprune.network;

import com.google.common.collect.ImmutableSortedMap;
import java.util.Optional;
import org.fnprune.recipe.Networks;

/**
 * How many components a unit is decomposed into, and why.
 *
 * @param count k asked for; the rank may allow fewer
 * @param tokens n, the tokens that were seen
 * @param estimate what chose k; empty when it was given
 */
public record ComponentCount(int count, long tokens, Optional<Estimate> estimate) {

  /** Candidates either side of the best that are kept as evidence. */
  private static final int NEIGHBOURS = 5;

  /**
   * An estimate of k.
   *
   * @param by the criterion
   * @param samples the effective number of tokens that it was told
   * @param evidence the criterion at the best k and at its neighbours, by k
   */
  public record Estimate(
      Networks.Estimator by,
      EffectiveSamples samples,
      ImmutableSortedMap<Integer, Double> evidence) {}

  public ComponentCount {
    if (count < 1) {
      throw new IllegalArgumentException("cannot find " + count + " components");
    }
  }

  /** A given number. */
  static ComponentCount given(int count, long tokens) {
    return new ComponentCount(count, tokens, Optional.empty());
  }

  /**
   * The number that {@code by} finds best; the smallest of equals. Where there is nothing to choose
   * from, of fewer than two eigenvalues, 1.
   */
  static ComponentCount estimated(
      Networks.Estimator by, Spectrum spectrum, EffectiveSamples samples) {
    double[] curve =
        switch (by) {
          case MINKA -> Minka.evidence(spectrum, samples.count());
          case PESEL -> Pesel.evidence(spectrum, samples.count());
        };
    int best = 0;
    for (int i = 1; i < curve.length; i++) {
      if (curve[i] > curve[best]) {
        best = i;
      }
    }
    ImmutableSortedMap.Builder<Integer, Double> evidence = ImmutableSortedMap.naturalOrder();
    int last = Math.min(curve.length - 1, best + NEIGHBOURS);
    for (int i = Math.max(0, best - NEIGHBOURS); i <= last; i++) {
      evidence.put(i + 1, curve[i]);
    }
    return new ComponentCount(
        best + 1,
        samples.tokens(),
        Optional.of(new Estimate(by, samples, evidence.buildOrThrow())));
  }

  /** Whether an estimate took all tokens as independent, for want of lagged products. */
  boolean assumesIndependence() {
    return estimate.isPresent() && estimate.get().samples().autocorrelation().isEmpty();
  }
}
