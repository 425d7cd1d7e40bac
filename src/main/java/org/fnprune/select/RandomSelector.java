package org.fnprune.select;

import java.util.Set;
import java.util.SplittableRandom;

/**
 * Any channels, by seed: the baseline that every other selector must beat. The unit's name is part
 * of the seed, so units differ. Values are z-scores of the random numbers within the unit.
 */
final class RandomSelector implements Selector {

  /** Spreads the name's hash over 64 bits: 2⁶⁴ / golden ratio. */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  @Override
  public String name() {
    return "random";
  }

  @Override
  public Set<Evidence> needs() {
    return Set.of();
  }

  @Override
  public Ranking rank(Candidate candidate, long seed) {
    SplittableRandom random = new SplittableRandom(seed ^ candidate.id().hashCode() * GOLDEN);
    return Rankings.byStandardisedScore(random.doubles(candidate.width()).toArray());
  }
}
