package org.fnprune.select;

import java.util.Set;

/**
 * C_jj ‖w_j‖²: how much the output fluctuates with a channel (FLAP, arXiv 2312.11983). Heads sum
 * over their positions. Values are z-scores within the unit.
 */
final class FlapSelector implements Selector {

  @Override
  public String name() {
    return "flap";
  }

  @Override
  public Set<Evidence> needs() {
    return Set.of(Evidence.MOMENTS);
  }

  @Override
  public Ranking rank(Candidate candidate, long seed) {
    return Rankings.byStandardisedScore(candidate.perChannel(Rankings.outputEnergy(candidate)));
  }
}
