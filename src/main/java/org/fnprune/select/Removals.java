package org.fnprune.select;

import java.util.Arrays;
import org.fnprune.capture.Captured;
import org.fnprune.capture.LiveNeurons;
import org.fnprune.capture.Moments;

/** Channels of a unit that are removed one after the other. */
interface Removals {

  /** λ as a share of the mean variance: what least squares usually takes. */
  double DAMPING = 1e-2;

  /**
   * All channels of a candidate.
   *
   * @return with the others making up for what goes, or, where there is a sketch, without: it has
   *     no pairs of neurons
   */
  static Removals of(Candidate candidate) {
    Captured captured = candidate.requireMoments();
    LiveNeurons.requireFinite(captured);
    return captured instanceof Moments moments
        ? new Elimination(candidate, moments)
        : new SeparateRemovals(candidate, captured);
  }

  /** λ. */
  static double damping(Captured captured) {
    double mean = Arrays.stream(captured.variance().row(0)).average().orElse(0);
    return Math.max(DAMPING * mean, Double.MIN_NORMAL);
  }

  /** The channel that costs least to remove, the first of equals. */
  int cheapest();

  /** Removes a channel; what that adds to the error. */
  double remove(int channel);
}
