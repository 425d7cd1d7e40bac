package org.fnprune.select;

import java.util.Set;

/**
 * Optimal brain surgery: again and again the channel goes whose loss the others can make up for
 * best ({@link Elimination}). Values are what each removal adds to the output's error.
 */
final class ObsSelector implements Selector {

  @Override
  public String name() {
    return "obs";
  }

  @Override
  public Set<Evidence> needs() {
    return Set.of(Evidence.MOMENTS);
  }

  @Override
  public boolean isShare() {
    return true;
  }

  @Override
  public boolean isErrorCurve() {
    return true;
  }

  @Override
  public Ranking rank(Candidate candidate, long seed) {
    return ErrorCurve.cheapestFirst(candidate);
  }
}
