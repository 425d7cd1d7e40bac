package org.fnprune.linalg;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dsyevd;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dsyevr;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

import com.google.common.primitives.ImmutableDoubleArray;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix.
 *
 * @param values k eigenvalues, descending
 * @param vectors n × k: one unit eigenvector a column, its entry of largest magnitude positive
 */
public record SymmetricEigen(ImmutableDoubleArray values, Matrix vectors) {

  /**
   * Above this share of all eigenvectors, divide and conquer for all is faster than a selection.
   */
  private static final double ALL_FROM = 0.25;

  private static final double ASYMMETRY = 1e-8;

  /**
   * All eigenpairs of {@code symmetric} (n × n), by divide and conquer (LAPACK dsyevd).
   *
   * @throws IllegalArgumentException when it is not square, not finite or not symmetric
   */
  public static SymmetricEigen of(Matrix symmetric) {
    check(symmetric);
    return all(symmetric, symmetric.rows());
  }

  /**
   * The {@code k} largest eigenvalues of {@code symmetric} (n × n) with their vectors.
   *
   * @throws IllegalArgumentException when it is not square, not finite or not symmetric, or k is
   *     not in 0 … n
   */
  public static SymmetricEigen top(Matrix symmetric, int k) {
    check(symmetric);
    int n = symmetric.rows();
    if (k < 0 || k > n) {
      throw new IllegalArgumentException(k + " eigenvectors of a matrix of order " + n);
    }
    return k == 0 || k > ALL_FROM * n ? all(symmetric, k) : selected(symmetric, k);
  }

  private static SymmetricEigen all(Matrix symmetric, int k) {
    int n = symmetric.rows();
    double[] vectors = symmetric.toArray();
    double[] values = new double[n];
    if (n > 0) {
      requireDone(
          "dsyevd",
          LAPACKE_dsyevd(LAPACK_COL_MAJOR, (byte) 'V', (byte) 'L', n, vectors, n, values));
    }
    return descending(n, k, values, vectors, n);
  }

  /** Bisection and inverse iteration (LAPACK dsyevr) for a few. */
  private static SymmetricEigen selected(Matrix symmetric, int k) {
    int n = symmetric.rows();
    int[] found = new int[1];
    double[] values = new double[n];
    double[] vectors = new double[Math.multiplyExact(n, k)];
    requireDone(
        "dsyevr",
        LAPACKE_dsyevr(
            LAPACK_COL_MAJOR,
            (byte) 'V',
            (byte) 'I',
            (byte) 'L',
            n,
            symmetric.toArray(),
            n,
            0,
            0,
            n - k + 1,
            n,
            0,
            found,
            values,
            vectors,
            n,
            new int[2 * k]));
    if (found[0] != k) {
      throw new IllegalStateException("dsyevr found " + found[0] + " of " + k + " eigenvalues");
    }
    return descending(n, k, values, vectors, k);
  }

  /** Takes the last k of {@code found} ascending pairs (vectors column-major), largest first. */
  private static SymmetricEigen descending(
      int n, int k, double[] ascending, double[] columns, int found) {
    ImmutableDoubleArray.Builder values = ImmutableDoubleArray.builder(k);
    Matrix rows = Matrix.zeros(k, n);
    for (int c = 0; c < k; c++) {
      int source = found - 1 - c;
      values.add(ascending[source]);
      double sign = signOfLargest(columns, source * n, n);
      for (int i = 0; i < n; i++) {
        rows.values()[c * n + i] = sign * columns[source * n + i];
      }
    }
    return new SymmetricEigen(values.build(), rows.transposed());
  }

  /** The sign of the entry of largest magnitude in a stretch of {@code values}. */
  static double signOfLargest(double[] values, int offset, int length) {
    double largest = 0;
    for (int i = offset; i < offset + length; i++) {
      if (Math.abs(values[i]) > Math.abs(largest)) {
        largest = values[i];
      }
    }
    return largest < 0 ? -1 : 1;
  }

  private static void check(Matrix matrix) {
    int n = matrix.rows();
    if (matrix.cols() != n) {
      throw new IllegalArgumentException(matrix + " is not square");
    }
    double largest = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double value = matrix.get(i, j);
        if (!Double.isFinite(value)) {
          throw new IllegalArgumentException("value " + value + " in row " + i + ", column " + j);
        }
        largest = Math.max(largest, Math.abs(value));
      }
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        if (Math.abs(matrix.get(i, j) - matrix.get(j, i)) > ASYMMETRY * largest) {
          throw new IllegalArgumentException(
              "not symmetric: " + matrix.get(i, j) + " at " + i + ", " + j);
        }
      }
    }
  }

  static void requireDone(String routine, int info) {
    if (info != 0) {
      throw new IllegalStateException("LAPACK " + routine + " failed with info " + info);
    }
  }
}
