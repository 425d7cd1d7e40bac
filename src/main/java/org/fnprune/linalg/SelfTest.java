package org.fnprune.linalg;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.Loader;

/**
 * Proves at start-up that this machine's LAPACK computes what it says. OpenBLAS 0.3.19 returned
 * wrong eigenvectors and factors with {@code info = 0} on AVX-512 processors; a result built on
 * those would look like any other.
 */
public final class SelfTest {

  private static final int ORDER = 256;
  private static final long SEED = 20_260_517;

  /** Largest error allowed, relative to the matrix; a sound library stays below 1e-13. */
  private static final double BOUND = 1e-10;

  private SelfTest() {}

  /**
   * Decomposes, selects and solves seeded 256 × 256 matrices and looks at the residuals.
   *
   * @throws IllegalStateException when one exceeds 1e-10 of the matrix's norm
   */
  public static void run() {
    Threads.single(SelfTest::residuals).forEach(SelfTest::require);
  }

  private static Map<String, Double> residuals() {
    SplittableRandom random = new SplittableRandom(SEED);
    Matrix factor = Matrix.tabulate(ORDER, ORDER, (i, j) -> random.nextDouble() - 0.5);
    Matrix gram = factor.timesTransposed(factor);
    return Map.of(
        "eigendecomposition",
        eigenResidual(gram, SymmetricEigen.of(gram)),
        "selected eigenvectors",
        eigenResidual(gram, SymmetricEigen.top(gram, ORDER / 8)),
        "Cholesky factorisation",
        choleskyResidual(gram.plus(Matrix.identity(ORDER)), factor));
  }

  /** The larger of |A V − V Λ| / |A| and |VᵀV − I|, with |·| the largest entry. */
  static double eigenResidual(Matrix matrix, SymmetricEigen eigen) {
    Matrix vectors = eigen.vectors();
    Matrix expected =
        Matrix.tabulate(
            vectors.rows(), vectors.cols(), (i, j) -> vectors.get(i, j) * eigen.values().get(j));
    Matrix transposed = vectors.transposed();
    Matrix products = transposed.timesTransposed(transposed);
    return Math.max(
        largest(matrix.times(vectors).minus(expected)) / largest(matrix),
        largest(products.minus(Matrix.identity(vectors.cols()))));
  }

  private static double choleskyResidual(Matrix matrix, Matrix rhs) {
    Optional<Matrix> solution = Cholesky.solve(matrix, rhs);
    return solution.map(x -> largest(matrix.times(x).minus(rhs)) / largest(rhs)).orElse(Double.NaN);
  }

  private static double largest(Matrix matrix) {
    double largest = 0;
    for (double value : matrix.values()) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /** Throws unless {@code residual} is a number within the bound. */
  static void require(String what, double residual) {
    if (!(residual <= BOUND)) {
      throw new IllegalStateException(
          "OpenBLAS "
              + version()
              + (" computes wrongly on this machine: the residual of the "
                  + what
                  + " is "
                  + residual)
              + (", at most "
                  + BOUND
                  + " is sound; run with org.bytedeco:openblas 0.3.31-1.5.13 or")
              + " newer, or set the environment variable OPENBLAS_CORETYPE=Haswell");
    }
  }

  private static String version() {
    try {
      return String.valueOf(Loader.getVersion("org.bytedeco", "openblas"));
    } catch (IOException e) {
      return "(unknown version)";
    }
  }
}
