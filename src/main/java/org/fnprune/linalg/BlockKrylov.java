package org.fnprune.linalg;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dgeqrf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dorgqr;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

import com.google.common.primitives.ImmutableDoubleArray;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The largest eigenvalues of a symmetric operator that can only be applied, by the block Lanczos
 * method with full reorthogonalisation (Golub and Underwood 1977). Stopped after two to four
 * applications it is the randomised range finder with the Krylov space of all its powers (Musco and
 * Musco 2015, algorithm 2), and every application may be one pass over streamed data.
 *
 * <ol>
 *   <li>Q₁ ← orthonormal basis of a seeded Gaussian n × b block
 *   <li>A Qᵢ; from the second application on, Rayleigh and Ritz on V = [Q₁ … Qᵢ]: the eigenpairs
 *       (θ, y) of VᵀAV give θ and V y
 *   <li>stop when ‖A v − θ v‖ of all k wanted pairs, exact since A V is known, is at most the
 *       tolerance times θ₁, or after as many applications as allowed
 *   <li>Qᵢ₊₁ ← orthonormal basis of A Qᵢ less its part in V; go to 2
 * </ol>
 *
 * <p>The basis and its images take 16·n·b bytes an application. The result depends on the seed only
 * by rounding and by what has not converged, and on the number of threads only as far as the order
 * of additions in OpenBLAS does: about 1e-15 of the largest eigenvalue.
 */
public final class BlockKrylov {

  /** Overlap of new directions with the basis that counts as rounding. */
  private static final double ORTHOGONAL = 1e-13;

  private static final int PASSES = 4;

  private BlockKrylov() {}

  /** A symmetric n × n operator, positive definite or not. */
  @FunctionalInterface
  public interface Operator {
    /** A times {@code block} (n × b): n × b. */
    Matrix apply(Matrix block);
  }

  /**
   * Approximate eigenpairs.
   *
   * @param values k Ritz values, descending; each is at most the eigenvalue it stands for
   * @param vectors n × k: one unit vector a column, its entry of largest magnitude positive
   * @param residuals ‖A v − θ v‖ of each pair; an eigenvalue of A lies within that of θ
   * @param applications how often the operator was applied
   */
  public record Pairs(
      ImmutableDoubleArray values,
      Matrix vectors,
      ImmutableDoubleArray residuals,
      int applications) {

    /** The largest residual over the largest Ritz value, in magnitude; 0 for a zero operator. */
    public double relativeResidual() {
      double largest = residuals.stream().max().orElse(0);
      return largest == 0 ? 0 : largest / values.stream().map(Math::abs).max().orElse(0);
    }
  }

  /**
   * The {@code k} largest eigenvalues of {@code operator} with their vectors.
   *
   * @param n order of the operator
   * @param block b, columns of each application but perhaps the last, which fills up n; more than k
   *     make the first k converge sooner
   * @param maxApplications stop then, converged or not
   * @param tolerance of the residuals, relative to the largest Ritz value; 0 uses all applications
   * @throws IllegalArgumentException when k is more than n or than maxApplications · block, or the
   *     operator's values are not finite or of the wrong shape
   */
  public static Pairs top(
      Operator operator,
      int n,
      int k,
      int block,
      long seed,
      int maxApplications,
      double tolerance) {
    if (k < 1 || k > n || block < 1 || k > (long) block * maxApplications) {
      throw new IllegalArgumentException(
          (k + " eigenvectors of an operator of order " + n)
              + (" from " + maxApplications + " applications to " + block + " columns"));
    }
    SplittableRandom random = new SplittableRandom(seed);
    Matrix basis = Matrix.zeros(0, n);
    Matrix images = Matrix.zeros(0, n);
    Matrix next = Matrix.tabulate(Math.min(block, n), n, (i, j) -> random.nextGaussian());
    for (int application = 1; ; application++) {
      Matrix fresh = orthonormal(next, basis);
      Matrix image = applied(operator, fresh);
      basis = stacked(basis, fresh);
      images = stacked(images, image);
      boolean last = application == maxApplications || basis.rows() == n;
      if (last || (application > 1 && basis.rows() >= k)) {
        Pairs pairs = ritz(basis, images, k, application);
        if (last || pairs.relativeResidual() <= tolerance) {
          return pairs;
        }
      }
      next = rows(image, Math.min(image.rows(), n - basis.rows()));
    }
  }

  /** A applied to the rows of {@code vectors} (b × n). */
  private static Matrix applied(Operator operator, Matrix vectors) {
    Matrix image = operator.apply(vectors.transposed());
    if (image.rows() != vectors.cols() || image.cols() != vectors.rows() || !image.isFinite()) {
      throw new IllegalArgumentException(
          "the operator made " + image + " of " + vectors + " transposed, or it is not finite");
    }
    return image.transposed();
  }

  private static Pairs ritz(Matrix basis, Matrix images, int k, int applications) {
    Matrix projected = basis.timesTransposed(images);
    SymmetricEigen eigen =
        SymmetricEigen.top(projected.plus(projected.transposed()).scaled(0.5), k);
    Matrix coefficients = eigen.vectors().transposed();
    Matrix vectors = coefficients.times(basis);
    Matrix mapped = coefficients.times(images);
    int n = basis.cols();
    double[] residuals = new double[k];
    for (int c = 0; c < k; c++) {
      double sign = SymmetricEigen.signOfLargest(vectors.values(), c * n, n);
      double square = 0;
      for (int i = c * n; i < (c + 1) * n; i++) {
        double rest = mapped.values()[i] - eigen.values().get(c) * vectors.values()[i];
        square += rest * rest;
        vectors.values()[i] *= sign;
      }
      residuals[c] = Math.sqrt(square);
    }
    return new Pairs(
        eigen.values(), vectors.transposed(), ImmutableDoubleArray.copyOf(residuals), applications);
  }

  /**
   * Orthonormal rows that span what {@code rows} (b × n) add to {@code basis}; where they add
   * nothing, any directions orthogonal to it. Projecting once leaves rounding of the size of what
   * was taken away, hence again until the overlap is gone.
   */
  private static Matrix orthonormal(Matrix rows, Matrix basis) {
    Matrix result = rows;
    for (int pass = 0; pass < PASSES; pass++) {
      result = orthonormalised(result.minus(result.timesTransposed(basis).times(basis)));
      Matrix overlap = result.timesTransposed(basis);
      if (Arrays.stream(overlap.values()).allMatch(x -> Math.abs(x) < ORTHOGONAL)) {
        break;
      }
    }
    return result;
  }

  /** Q of the rows' QR factorisation, by Householder reflections; rows may be dependent. */
  private static Matrix orthonormalised(Matrix rows) {
    int n = rows.cols();
    int b = rows.rows();
    double[] columns = rows.toArray();
    double[] reflectors = new double[b];
    SymmetricEigen.requireDone(
        "dgeqrf", LAPACKE_dgeqrf(LAPACK_COL_MAJOR, n, b, columns, n, reflectors));
    SymmetricEigen.requireDone(
        "dorgqr", LAPACKE_dorgqr(LAPACK_COL_MAJOR, n, b, b, columns, n, reflectors));
    return Matrix.wrap(b, n, columns);
  }

  private static Matrix stacked(Matrix upper, Matrix lower) {
    double[] values = Arrays.copyOf(upper.values(), upper.values().length + lower.values().length);
    System.arraycopy(lower.values(), 0, values, upper.values().length, lower.values().length);
    return Matrix.wrap(upper.rows() + lower.rows(), lower.cols(), values);
  }

  private static Matrix rows(Matrix matrix, int count) {
    return Matrix.wrap(count, matrix.cols(), Arrays.copyOf(matrix.values(), count * matrix.cols()));
  }
}
