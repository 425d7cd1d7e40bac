package org.fnprune.network;

import org.fnprune.linalg.SampleSums;
import org.fnprune.recipe.Networks.Nonlinearity;

/**
 * FastICA's contrast functions g: tanh u for logcosh (α = 1), u exp(−u²/2) for exp, u³ for cube
 * (Hyvärinen and Oja 2000, equation 40; scikit-learn's {@code fun}). Each replaces u by g(u) and
 * returns the sum of g′(u).
 */
final class Contrast {

  private Contrast() {}

  static SampleSums.Contrast of(Nonlinearity nonlinearity) {
    return switch (nonlinearity) {
      case LOGCOSH -> Contrast::logcosh;
      case EXP -> Contrast::exp;
      case CUBE -> Contrast::cube;
    };
  }

  private static double logcosh(double[] u, int from, int to) {
    double slope = 0;
    for (int i = from; i < to; i++) {
      // Math.exp is an intrinsic of the JVM and Math.tanh is not: several times faster.
      double tanh = 1 - 2 / (Math.exp(2 * u[i]) + 1);
      u[i] = tanh;
      slope += 1 - tanh * tanh;
    }
    return slope;
  }

  private static double exp(double[] u, int from, int to) {
    double slope = 0;
    for (int i = from; i < to; i++) {
      double square = u[i] * u[i];
      double bell = Math.exp(-square / 2);
      u[i] *= bell;
      slope += (1 - square) * bell;
    }
    return slope;
  }

  private static double cube(double[] u, int from, int to) {
    double slope = 0;
    for (int i = from; i < to; i++) {
      double square = u[i] * u[i];
      u[i] *= square;
      slope += 3 * square;
    }
    return slope;
  }
}
