package org.fnprune.linalg;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Seeded matrices and comparisons for tests. */
public final class Matrices {

  private Matrices() {}

  /** Independent standard normal values. */
  public static Matrix gaussian(int rows, int cols, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return Matrix.tabulate(rows, cols, (i, j) -> random.nextGaussian());
  }

  /** The largest magnitude of a difference. */
  public static double distance(Matrix a, Matrix b) {
    double largest = 0;
    for (double value : a.minus(b).toArray()) {
      largest = Double.isNaN(value) ? value : Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /** Asserts equality of shapes and, within {@code tolerance}, of values. */
  public static void assertClose(Matrix actual, Matrix expected, double tolerance) {
    assertThat(actual).hasToString(expected.toString());
    assertThat(distance(actual, expected)).isLessThanOrEqualTo(tolerance);
  }

  /** The correlation of every row of {@code a} with every row of {@code b}. */
  public static Matrix rowCorrelations(Matrix a, Matrix b) {
    return scored(a).timesTransposed(scored(b)).scaled(1.0 / a.cols());
  }

  private static Matrix scored(Matrix rows) {
    return Matrix.of(
        IntStream.range(0, rows.rows())
            .mapToObj(i -> ZScore.of(rows.row(i)))
            .toArray(double[][]::new));
  }
}
