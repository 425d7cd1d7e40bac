package org.fnprune.linalg;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dgesvd;
import static org.bytedeco.openblas.global.openblas.LAPACK_ROW_MAJOR;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;

/**
 * The orthogonal matrix nearest to a square one: its polar factor (MMᵀ)^(−1/2) M.
 *
 * <p>An eigendecomposition of MMᵀ is the fast way, but squares the condition: of singular values
 * 1e-9 apart it knows nothing. A nearly singular M therefore goes through its singular value
 * decomposition, M = U Σ Vᵀ, whose U Vᵀ is orthogonal whatever Σ is.
 */
public final class NearestOrthogonal {

  /**
   * Smallest over largest eigenvalue of MMᵀ below which the singular value decomposition is used.
   */
  private static final double WELL_CONDITIONED = 1e-8;

  private NearestOrthogonal() {}

  /**
   * The polar factor of {@code matrix} (k × k).
   *
   * @throws IllegalArgumentException when it is not square or not finite
   */
  public static Matrix of(Matrix matrix) {
    int k = matrix.rows();
    if (matrix.cols() != k) {
      throw new IllegalArgumentException(matrix + " is not square");
    }
    Matrix gram = Matrix.wrap(k, k, product(k, matrix.values(), matrix.values(), CblasTrans));
    SymmetricEigen eigen = SymmetricEigen.of(gram);
    if (k == 0 || !(eigen.values().get(k - 1) > WELL_CONDITIONED * eigen.values().get(0))) {
      return bySingularValues(matrix);
    }
    double[] vectors = eigen.vectors().values();
    double[] scaled = vectors.clone();
    for (int j = 0; j < k; j++) {
      double factor = 1 / Math.sqrt(eigen.values().get(j));
      for (int i = 0; i < k; i++) {
        scaled[i * k + j] *= factor;
      }
    }
    double[] root = product(k, scaled, vectors, CblasTrans);
    return Matrix.wrap(k, k, product(k, root, matrix.values(), CblasNoTrans));
  }

  /** a · op(b), k × k: straight to BLAS, as FastICA needs it every step. */
  private static double[] product(int k, double[] a, double[] b, int op) {
    double[] product = new double[k * k];
    int stride = Math.max(k, 1);
    cblas_dgemm(
        CblasRowMajor, CblasNoTrans, op, k, k, k, 1, a, stride, b, stride, 0, product, stride);
    return product;
  }

  private static Matrix bySingularValues(Matrix matrix) {
    int k = matrix.rows();
    double[] left = new double[k * k];
    double[] right = new double[k * k];
    int info =
        LAPACKE_dgesvd(
            LAPACK_ROW_MAJOR,
            (byte) 'A',
            (byte) 'A',
            k,
            k,
            matrix.toArray(),
            Math.max(k, 1),
            new double[k],
            left,
            Math.max(k, 1),
            right,
            Math.max(k, 1),
            new double[Math.max(k, 1)]);
    if (info != 0) {
      throw new IllegalStateException("LAPACK dgesvd failed with info " + info);
    }
    return Matrix.wrap(k, k, left).times(Matrix.wrap(k, k, right));
  }
}
