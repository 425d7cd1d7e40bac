package org.fnprune.select;

import java.util.Set;

/**
 * ‖w_j‖²: channels with large outgoing weights; heads sum over their positions. Values are z-scores
 * within the unit.
 */
final class MagnitudeSelector implements Selector {

  @Override
  public String name() {
    return "magnitude";
  }

  @Override
  public Set<Evidence> needs() {
    return Set.of();
  }

  @Override
  public Ranking rank(Candidate candidate, long seed) {
    return Rankings.byStandardisedScore(candidate.perChannel(candidate.weights().squaredNorms()));
  }
}
