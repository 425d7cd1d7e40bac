package org.fnprune.network;

import java.util.SplittableRandom;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.ZScore;

/** Independent sources for tests, and how well they were found again. */
final class Sources {

  private Sources() {}

  /** Laplace values: heavier tails than a normal distribution. */
  static Matrix laplace(int rows, int cols, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return Matrix.tabulate(
        rows, cols, (i, j) -> (random.nextBoolean() ? 1 : -1) * -Math.log(1 - random.nextDouble()));
  }

  /**
   * Every combination of the values of four skewed or flat distributions, once each: the sample's
   * own distribution is exactly a product, so nothing but rounding limits how well FastICA can do.
   *
   * @return 4 × 1260
   */
  static Matrix exactlyIndependent() {
    double[][] values = {
      {-1, 1},
      {-3, -1, 0, 0, 0, 0, 0, 1, 3},
      {-2, -1, 0, 1, 2, 3, 4},
      {-9, 0, 0, 0, 0, 0, 0, 0, 1, 9}
    };
    int samples = 2 * 9 * 7 * 10;
    int[] repeat = {1, 2, 2 * 9, 2 * 9 * 7};
    return Matrix.tabulate(4, samples, (i, j) -> values[i][j / repeat[i] % values[i].length]);
  }

  /** Every row at zero mean and unit variance. */
  static Matrix standardised(Matrix rows) {
    double[][] standardised = new double[rows.rows()][];
    for (int i = 0; i < standardised.length; i++) {
      standardised[i] = ZScore.of(rows.row(i));
    }
    return Matrix.of(standardised);
  }

  /** |correlation| of every row of {@code a} with every row of {@code b}. */
  static Matrix correlations(Matrix a, Matrix b) {
    Matrix products = standardised(a).timesTransposed(standardised(b));
    return Matrix.tabulate(
        products.rows(), products.cols(), (i, j) -> Math.abs(products.get(i, j)) / a.cols());
  }

  /** Amari's distance of P to a scaled permutation: 0 for one, about 1 for a random matrix. */
  static double amari(Matrix p) {
    int n = p.rows();
    double sum = 0;
    for (Matrix side : new Matrix[] {p, p.transposed()}) {
      for (int i = 0; i < n; i++) {
        double total = 0;
        double largest = 0;
        for (double value : side.row(i)) {
          total += Math.abs(value);
          largest = Math.max(largest, Math.abs(value));
        }
        sum += total / largest - 1;
      }
    }
    return sum / (2.0 * n * (n - 1));
  }
}
