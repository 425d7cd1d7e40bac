package org.fnprune.network;

import com.google.common.primitives.ImmutableDoubleArray;
import org.fnprune.linalg.Matrix;
import org.fnprune.recipe.Networks.Nonlinearity;

/**
 * A contrast function g of FastICA, applied.
 *
 * @param value g(Y), k × samples
 * @param meanSlope E g′ of each row
 */
record Contrast(Matrix value, ImmutableDoubleArray meanSlope) {

  /**
   * Applies g to {@code signals} (k × samples): tanh u for logcosh (α = 1), u exp(−u²/2) for exp,
   * u³ for cube.
   */
  static Contrast of(Nonlinearity nonlinearity, Matrix signals) {
    double[][] rows = new double[signals.rows()][];
    double[] slopes = new double[signals.rows()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = signals.row(i);
      double sum =
          switch (nonlinearity) {
            case LOGCOSH -> logcosh(rows[i]);
            case EXP -> exp(rows[i]);
            case CUBE -> cube(rows[i]);
          };
      slopes[i] = sum / signals.cols();
    }
    return new Contrast(Matrix.of(rows), ImmutableDoubleArray.copyOf(slopes));
  }

  /** Replaces u by tanh u and returns the sum of 1 − tanh² u. */
  private static double logcosh(double[] u) {
    double slope = 0;
    for (int i = 0; i < u.length; i++) {
      // Math.exp is an intrinsic of the JVM and Math.tanh is not: several times faster.
      double tanh = 1 - 2 / (Math.exp(2 * u[i]) + 1);
      u[i] = tanh;
      slope += 1 - tanh * tanh;
    }
    return slope;
  }

  /** Replaces u by u exp(−u²/2) and returns the sum of (1 − u²) exp(−u²/2). */
  private static double exp(double[] u) {
    double slope = 0;
    for (int i = 0; i < u.length; i++) {
      double square = u[i] * u[i];
      double bell = Math.exp(-square / 2);
      u[i] *= bell;
      slope += (1 - square) * bell;
    }
    return slope;
  }

  /** Replaces u by u³ and returns the sum of 3u². */
  private static double cube(double[] u) {
    double slope = 0;
    for (int i = 0; i < u.length; i++) {
      double square = u[i] * u[i];
      u[i] *= square;
      slope += 3 * square;
    }
    return slope;
  }
}
