package org.fnprune.network;

import com.google.common.primitives.ImmutableDoubleArray;

/**
 * The eigenvalues of a correlation matrix, as the criteria for the number of components take them.
 *
 * @param values p eigenvalues, descending and positive
 */
record Spectrum(ImmutableDoubleArray values) {

  /** A rest of the trace below this share is rounding, not variance. */
  private static final double NOTHING = 1e-9;

  /**
   * The spectrum of which the axes are the leading ones. What they leave of the trace is spread
   * evenly over the other directions; where they leave nothing, because neurons repeat each other
   * or tokens are few, there are no other directions.
   */
  static Spectrum of(PrincipalAxes axes) {
    int neurons = axes.live().length();
    double rest = neurons - axes.values().stream().sum();
    int others = neurons - axes.components();
    ImmutableDoubleArray.Builder values = ImmutableDoubleArray.builder(neurons);
    values.addAll(axes.values());
    if (rest > NOTHING * neurons) {
      for (int i = 0; i < others; i++) {
        values.add(rest / others);
      }
    }
    return new Spectrum(values.build());
  }

  /** p. */
  int size() {
    return values.length();
  }

  /** The (i + 1)-th largest. */
  double get(int i) {
    return values.get(i);
  }

  /** What is left of the trace: entry k is the sum of all eigenvalues but the k largest. */
  double[] tails() {
    double[] tails = new double[size() + 1];
    for (int i = size() - 1; i >= 0; i--) {
      tails[i] = tails[i + 1] + get(i);
    }
    return tails;
  }
}
