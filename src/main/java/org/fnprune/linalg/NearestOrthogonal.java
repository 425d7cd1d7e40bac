package org.fnprune.linalg;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dgesvd;
import static org.bytedeco.openblas.global.openblas.LAPACK_ROW_MAJOR;

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
    SymmetricEigen eigen = SymmetricEigen.of(matrix.timesTransposed(matrix));
    int k = matrix.rows();
    if (k == 0 || eigen.values().get(k - 1) < WELL_CONDITIONED * eigen.values().get(0)) {
      return bySingularValues(matrix);
    }
    Matrix vectors = eigen.vectors();
    Matrix scaled =
        Matrix.tabulate(k, k, (i, j) -> vectors.get(i, j) / Math.sqrt(eigen.values().get(j)));
    return scaled.timesTransposed(vectors).times(matrix);
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
