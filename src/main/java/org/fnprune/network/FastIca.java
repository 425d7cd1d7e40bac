package org.fnprune.network;

import com.google.common.primitives.ImmutableDoubleArray;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.NearestOrthogonal;
import org.fnprune.recipe.Networks.Nonlinearity;

/**
 * FastICA, all components in parallel (Hyvärinen and Oja 2000), as scikit-learn's {@code _ica_par}:
 *
 * <ol>
 *   <li>W ← sym(start), where sym(M) = (MMᵀ)^(−1/2) M
 *   <li>Y = W X
 *   <li>W⁺ = sym(E[g(Y) Xᵀ] − diag(E g′(Y)) W)
 *   <li>stop when max |1 − |⟨w⁺, w⟩|| over the rows is below the tolerance, else go to 2 with W⁺
 * </ol>
 */
public final class FastIca {

  private FastIca() {}

  /**
   * How to iterate.
   *
   * @param tolerance stop when no row turns by more; 1e-4 is usual
   * @param maxIterations give up after this many
   */
  public record Settings(Nonlinearity nonlinearity, double tolerance, int maxIterations) {

    public Settings {
      if (!(tolerance > 0) || maxIterations < 1) {
        throw new IllegalArgumentException(
            "tolerance " + tolerance + ", iterations " + maxIterations + "; both must be positive");
      }
    }

    /** The usual tolerance, 1e-4, and at most 200 iterations. */
    public static Settings of(Nonlinearity nonlinearity) {
      return new Settings(nonlinearity, 1e-4, 200);
    }
  }

  /**
   * What came out.
   *
   * @param unmixing W, k × k, orthogonal: W X are the independent components
   * @param iterations steps made
   * @param converged whether the tolerance was reached
   */
  public record Result(Matrix unmixing, int iterations, boolean converged) {}

  /**
   * Separates white signals.
   *
   * @param white X, k × samples: rows of zero mean and unit variance, uncorrelated
   * @param start k × k, of full rank
   * @throws IllegalArgumentException when the shapes do not fit or values are not finite
   */
  public static Result run(Matrix white, Matrix start, Settings settings) {
    int k = white.rows();
    if (start.rows() != k || start.cols() != k || white.cols() == 0) {
      throw new IllegalArgumentException("start is " + start + " but the signals are " + white);
    }
    Matrix current = NearestOrthogonal.of(start);
    for (int iteration = 1; iteration <= settings.maxIterations(); iteration++) {
      Matrix next = NearestOrthogonal.of(step(current, white, settings.nonlinearity()));
      double turn = largestTurn(next, current);
      current = next;
      if (turn < settings.tolerance()) {
        return new Result(current, iteration, true);
      }
    }
    return new Result(current, settings.maxIterations(), false);
  }

  /** E[g(WX)Xᵀ] − diag(E g′(WX)) W, k × k. */
  private static Matrix step(Matrix unmixing, Matrix white, Nonlinearity nonlinearity) {
    Contrast contrast = Contrast.of(nonlinearity, unmixing.times(white));
    Matrix correlation = contrast.value().timesTransposed(white);
    ImmutableDoubleArray slope = contrast.meanSlope();
    return Matrix.tabulate(
        unmixing.rows(),
        unmixing.cols(),
        (i, j) -> correlation.get(i, j) / white.cols() - slope.get(i) * unmixing.get(i, j));
  }

  /** max over rows of |1 − |⟨a, b⟩||. */
  private static double largestTurn(Matrix a, Matrix b) {
    double largest = 0;
    for (int i = 0; i < a.rows(); i++) {
      double product = 0;
      for (int j = 0; j < a.cols(); j++) {
        product += a.get(i, j) * b.get(i, j);
      }
      largest = Math.max(largest, Math.abs(Math.abs(product) - 1));
    }
    return largest;
  }
}
