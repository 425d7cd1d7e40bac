package org.fnprune.network;

import com.google.common.primitives.ImmutableDoubleArray;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.NearestOrthogonal;
import org.fnprune.linalg.SampleSums;
import org.fnprune.linalg.Threads;
import org.fnprune.recipe.Networks.Algorithm;
import org.fnprune.recipe.Networks.Ica;
import org.fnprune.recipe.Networks.Nonlinearity;

/**
 * FastICA (Hyvärinen and Oja 2000) on white signals X, step by step as scikit-learn's {@code
 * _ica_par} and {@code _ica_def}, so that the same start gives the same W.
 *
 * <p>Parallel, all components at once:
 *
 * <ol>
 *   <li>W ← sym(start), where sym(M) = (MMᵀ)^(−1/2) M
 *   <li>W⁺ = sym(E[g(WX) Xᵀ] − diag(E g′(WX)) W)
 *   <li>stop when max |1 − |⟨w⁺, w⟩|| over the rows is below the tolerance, else go to 2 with W⁺
 * </ol>
 *
 * <p>Deflation, one component after the other:
 *
 * <ol>
 *   <li>w ← the component's row of the start, of unit length
 *   <li>w⁺ = E[g(wX) Xᵀ] − E g′(wX) w, less its projection on the components before, of unit length
 *   <li>stop when |1 − |⟨w⁺, w⟩|| is below the tolerance, else go to 2 with w⁺
 * </ol>
 *
 * <p>The result does not depend on the number of threads.
 */
public final class FastIca {

  private FastIca() {}

  /**
   * How to iterate.
   *
   * @param tolerance stop when no row turns by more; 1e-4 is usual
   * @param maxIterations give up after this many; with deflation, for each component
   */
  public record Settings(
      Algorithm algorithm, Nonlinearity nonlinearity, double tolerance, int maxIterations) {

    public Settings {
      if (!(tolerance > 0) || maxIterations < 1) {
        throw new IllegalArgumentException(
            "tolerance " + tolerance + ", iterations " + maxIterations + "; both must be positive");
      }
    }

    /** Parallel, the usual tolerance, 1e-4, and at most 200 iterations. */
    public static Settings of(Nonlinearity nonlinearity) {
      return new Settings(Algorithm.PARALLEL, nonlinearity, 1e-4, 200);
    }

    /** As the recipe says. */
    public static Settings of(Ica ica) {
      return new Settings(
          ica.algorithm(), ica.nonlinearity(), ica.tolerance(), ica.maxIterations());
    }
  }

  /**
   * What came out.
   *
   * @param unmixing W, k × k, orthogonal: W X are the independent components
   * @param iterations steps made; with deflation, those of the slowest component
   * @param converged whether every component reached the tolerance
   * @param turns |1 − |⟨w⁺, w⟩|| of each component's last step: below the tolerance where converged
   */
  public record Result(
      Matrix unmixing, int iterations, boolean converged, ImmutableDoubleArray turns) {}

  /** A start of independent standard normal values, k × k, row by row from the seed. */
  public static Matrix gaussianStart(int k, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return Matrix.tabulate(k, k, (i, j) -> random.nextGaussian());
  }

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
    if (!white.isFinite() || !start.isFinite()) {
      throw new IllegalArgumentException("the signals or the start are not finite");
    }
    return Threads.single(
        () ->
            switch (settings.algorithm()) {
              case PARALLEL -> parallel(white, start, settings);
              case DEFLATION -> Deflation.run(white, start, settings);
            });
  }

  /**
   * Separates raw signals: centres and whitens them ({@link Whitening#analytic}), runs FastICA, and
   * turns every component so that its sample of largest magnitude is positive. As scikit-learn's
   * {@code FastICA(whiten="unit-variance", whiten_solver="eigh")}, but for the signs.
   *
   * @param signals n × samples, of any scale
   * @param components k wanted; fewer are found where the rank of the centred signals is lower:
   *     constant or dependent signals, or no more samples than components
   * @param start of how many components are found
   * @throws org.fnprune.common.UsageException when a value is not finite, naming its row and column
   * @throws IllegalArgumentException when k is not positive or there are no samples
   */
  public static Decomposition fit(
      Matrix signals, int components, IntFunction<Matrix> start, Settings settings) {
    if (components < 1 || signals.cols() == 0) {
      throw new IllegalArgumentException(components + " components of " + signals);
    }
    Whitening.Analytic whitening = Whitening.analytic(signals, components);
    Matrix white = whitening.white();
    Result result = run(white, start.apply(white.rows()), settings);
    return Decomposition.of(whitening, result, components);
  }

  private static Result parallel(Matrix white, Matrix start, Settings settings) {
    Matrix current = NearestOrthogonal.of(start);
    for (int iteration = 1; ; iteration++) {
      Matrix next = NearestOrthogonal.of(step(current, white, settings.nonlinearity()));
      double[] turns = turns(next, current);
      current = next;
      boolean converged = Arrays.stream(turns).allMatch(turn -> turn < settings.tolerance());
      if (converged || iteration == settings.maxIterations()) {
        return new Result(current, iteration, converged, ImmutableDoubleArray.copyOf(turns));
      }
    }
  }

  /** E[g(WX) Xᵀ] − diag(E g′(WX)) W, p × k for p rows of W. */
  static Matrix step(Matrix unmixing, Matrix white, Nonlinearity nonlinearity) {
    SampleSums sums = SampleSums.of(unmixing, white, Contrast.of(nonlinearity));
    double samples = white.cols();
    return Matrix.tabulate(
        unmixing.rows(),
        unmixing.cols(),
        (i, j) ->
            (sums.products().get(i, j) - sums.slopes().get(i) * unmixing.get(i, j)) / samples);
  }

  /** |1 − |⟨a, b⟩|| of each pair of rows. */
  static double[] turns(Matrix a, Matrix b) {
    double[] turns = new double[a.rows()];
    for (int i = 0; i < turns.length; i++) {
      double product = 0;
      for (int j = 0; j < a.cols(); j++) {
        product += a.get(i, j) * b.get(i, j);
      }
      turns[i] = Math.abs(Math.abs(product) - 1);
    }
    return turns;
  }
}
