package org.fnprune.select;

import java.util.Set;

/** Says in which order the channels of a unit are worth keeping. One class per method. */
public interface Selector {

  /** What a selector needs to have been computed. */
  enum Evidence {
    /** {@link Candidate#moments()}. */
    MOMENTS,
    /** {@link Candidate#networks()}. */
    NETWORKS
  }

  /** The name in recipes and reports. */
  String name();

  /** What must be known of a candidate. */
  Set<Evidence> needs();

  /**
   * Whether a channel's value is a part of what its unit does, so that one that costs more
   * parameters may be worth more; else it says how far the channel stands out in its unit.
   */
  default boolean isShare() {
    return false;
  }

  /**
   * Whether values are what each removal adds to the output's error, in the candidate's metric
   * ({@link ErrorCurve}).
   */
  default boolean isErrorCurve() {
    return false;
  }

  /**
   * Ranks the channels of one unit.
   *
   * @param seed the recipe's seed; the same seed, candidate and data give the same ranking
   */
  Ranking rank(Candidate candidate, long seed);
}
