package org.fnprune.linalg;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrs;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

import java.util.Optional;

/** Linear systems with a symmetric positive definite matrix, by Cholesky factorisation. */
public final class Cholesky {

  private Cholesky() {}

  /**
   * Solves A X = B (LAPACK dpotrf and dpotrs).
   *
   * @param symmetricPositiveDefinite A, n × n; its lower triangle is read
   * @param rhs B, n × m
   * @return X, n × m; empty when A is not positive definite to working precision: a squared pivot
   *     below n · 2⁻⁵² of the largest diagonal entry would be rounding noise
   * @throws IllegalArgumentException when the shapes do not fit or a value is not finite
   */
  public static Optional<Matrix> solve(Matrix symmetricPositiveDefinite, Matrix rhs) {
    int n = symmetricPositiveDefinite.rows();
    if (symmetricPositiveDefinite.cols() != n || rhs.rows() != n) {
      throw new IllegalArgumentException(
          "cannot solve " + symmetricPositiveDefinite + " against " + rhs);
    }
    if (!symmetricPositiveDefinite.isFinite() || !rhs.isFinite()) {
      throw new IllegalArgumentException("a linear system holds values that are not finite");
    }
    if (n == 0 || rhs.cols() == 0) {
      return Optional.of(rhs);
    }
    double[] factor = symmetricPositiveDefinite.toArray();
    if (!factorises(factor, n)) {
      return Optional.empty();
    }
    Matrix columns = rhs.transposed();
    int info =
        LAPACKE_dpotrs(LAPACK_COL_MAJOR, (byte) 'L', n, rhs.cols(), factor, n, columns.values(), n);
    if (info != 0) {
      throw new IllegalStateException("LAPACK dpotrs failed with info " + info);
    }
    return columns.isFinite() ? Optional.of(columns.transposed()) : Optional.empty();
  }

  /** Replaces the n × n values by their factor; false when there is none worth trusting. */
  private static boolean factorises(double[] values, int n) {
    double largest = 0;
    for (int i = 0; i < n; i++) {
      largest = Math.max(largest, values[i * n + i]);
    }
    int info = LAPACKE_dpotrf(LAPACK_COL_MAJOR, (byte) 'L', n, values, n);
    if (info < 0) {
      throw new IllegalStateException("LAPACK dpotrf failed with info " + info);
    }
    if (info > 0) {
      return false;
    }
    double noise = n * Math.ulp(1.0) * largest;
    for (int i = 0; i < n; i++) {
      double pivot = values[i * n + i];
      if (pivot * pivot <= noise) {
        return false;
      }
    }
    return true;
  }
}
