package org.fnprune.select;

import org.fnprune.linalg.Matrix;

/**
 * f(K) = Σ_k ω_k √(Σ_{j∈K} a_kj), with the set K built up one channel at a time.
 *
 * <p>A gain is computed as ω a / (√(have + a) + √have). Every operation of that is monotone under
 * IEEE rounding, so a gain never grows while {@code have} does, not even by rounding: diminishing
 * returns hold exactly, and with them the equality of lazy and plain greedy.
 */
final class Coverage {

  private final Matrix parts;
  private final double[] weights;
  private final double[] have;

  /**
   * @param parts a, d × k, not negative
   * @param weights ω, k values, not negative
   */
  Coverage(Matrix parts, double[] weights) {
    this.parts = parts;
    this.weights = weights.clone();
    this.have = new double[weights.length];
  }

  /** d, the number of channels. */
  int width() {
    return parts.rows();
  }

  /** f(K ∪ {channel}) − f(K). */
  double gain(int channel) {
    double gain = 0;
    for (int k = 0; k < have.length; k++) {
      double part = parts.get(channel, k);
      if (part > 0) {
        gain += weights[k] * (part / (Math.sqrt(have[k] + part) + Math.sqrt(have[k])));
      }
    }
    return gain;
  }

  /** Puts {@code channel} into K. */
  void add(int channel) {
    for (int k = 0; k < have.length; k++) {
      have[k] += parts.get(channel, k);
    }
  }
}
