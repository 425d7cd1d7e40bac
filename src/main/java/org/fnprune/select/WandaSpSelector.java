package org.fnprune.select;

import java.util.Arrays;
import java.util.Set;
import org.fnprune.capture.Captured;

/**
 * mean_i |W_ij| · √(E h_j²): Wanda (arXiv 2306.11695) summed over a channel's outgoing weights.
 * Heads sum over their positions. * Values are z-scores within the unit.
 */
final class WandaSpSelector implements Selector {

  @Override
  public String name() {
    return "wanda-sp";
  }

  @Override
  public Set<Evidence> needs() {
    return Set.of(Evidence.MOMENTS);
  }

  @Override
  public Ranking rank(Candidate candidate, long seed) {
    Captured moments = candidate.requireMoments();
    double[] scores = new double[candidate.consumer().rows()];
    for (int j = 0; j < scores.length; j++) {
      double weight = Arrays.stream(candidate.consumer().row(j)).map(Math::abs).average().orElse(0);
      scores[j] = weight * Math.sqrt(moments.squares().get(0, j) / moments.count());
    }
    return Rankings.byStandardisedScore(candidate.perChannel(scores));
  }
}
