package org.fnprune.rewrite;

import com.google.common.primitives.ImmutableIntArray;
import java.util.BitSet;
import java.util.Optional;
import java.util.stream.IntStream;
import org.fnprune.capture.Captured;
import org.fnprune.capture.ErrorMoments;
import org.fnprune.capture.LiveNeurons;
import org.fnprune.capture.Moments;
import org.fnprune.linalg.Cholesky;
import org.fnprune.linalg.Matrix;
import org.fnprune.recipe.Recipe.CompensationMethod;

/**
 * How the consuming projection makes up for channels that went. With h ∈ R^d entering the
 * projection W (d × m), μ = E h, C = E hhᵀ − μμᵀ, K kept and P pruned:
 *
 * <ul>
 *   <li>none: W_K
 *   <li>bias (FLAP, arXiv 2312.11983): W_K, and μ_P W_P goes into the bias
 *   <li>least squares: W′_K = W_K + (C_KK + λI)⁻¹ C_KP W_P, and μW − μ_K W′_K goes into the bias
 * </ul>
 *
 * <p>λ = ε · mean diag(C_KK). ε → ∞ is bias alone, ε → 0 the ordinary least squares fit. Neurons
 * that never vary take no part in the fit: they are a constant, and the bias has it.
 */
public final class Compensation {

  /** Where ε starts to rise from when it is zero and the system singular. */
  private static final double SMALLEST_RAISE = 1e-10;

  private static final int RAISES = 16;

  private Compensation() {}

  /**
   * The projection of the slim model.
   *
   * @param weight W′, kept × m
   * @param biasShift 1 × m, to add to the bias
   * @param ridgeUsed ε of the fit, higher than asked for when the system was not positive definite
   *     with that; infinite for bias, NaN for none
   */
  public record Fit(Matrix weight, Matrix biasShift, double ridgeUsed) {}

  /**
   * Fits the projection to what it keeps.
   *
   * @param captured of h over the calibration data; all pairs of neurons for least squares
   * @param consumer W, d × m
   * @param kept K, ascending
   * @param ridge ε ≥ 0; looked at for least squares only
   * @throws IllegalArgumentException when shapes do not fit, W is not finite, or least squares is
   *     asked for of a sketch
   * @throws org.fnprune.common.UsageException when a moment is not finite, naming the neuron
   */
  public static Fit fit(
      Captured captured,
      Matrix consumer,
      ImmutableIntArray kept,
      CompensationMethod method,
      double ridge) {
    check(captured, consumer, ridge);
    return switch (method) {
      case NONE -> none(consumer, kept);
      case BIAS -> bias(captured, consumer, kept);
      case LEAST_SQUARES ->
          Double.isInfinite(ridge)
              ? bias(captured, consumer, kept)
              : leastSquares(pairs(captured), consumer, kept, ridge);
    };
  }

  /** The kept rows as they are: needs no activations. */
  public static Fit none(Matrix consumer, ImmutableIntArray kept) {
    return new Fit(
        consumer.selectRows(kept.toArray()), Matrix.zeros(1, consumer.cols()), Double.NaN);
  }

  /**
   * E‖(h W) − (h_K W′ + shift)‖², the mean square error of the slim output on the moments' data:
   * tr(ΔᵀCΔ) + ‖μΔ − shift‖² with Δ = W − W′ spread over all d rows.
   */
  public static double outputError(
      Moments moments, Matrix consumer, ImmutableIntArray kept, Fit fit) {
    Matrix difference = consumer.minus(spread(fit.weight(), kept, consumer.rows()));
    Matrix bias = moments.mean().times(difference).minus(fit.biasShift());
    return difference.inner(moments.covariance().times(difference)) + bias.inner(bias);
  }

  private static Moments pairs(Captured captured) {
    if (captured instanceof Moments moments) {
      return moments;
    }
    throw new IllegalArgumentException("least squares needs the products of all pairs of neurons");
  }

  private static Fit bias(Captured moments, Matrix consumer, ImmutableIntArray kept) {
    Matrix rows = consumer.selectRows(kept.toArray());
    return withMeans(moments, consumer, kept, rows, Double.POSITIVE_INFINITY);
  }

  private static Fit leastSquares(
      Moments moments, Matrix consumer, ImmutableIntArray kept, double ridge) {
    Matrix covariance = moments.covariance();
    BitSet live = bits(LiveNeurons.of(moments));
    BitSet stays = bits(kept);
    int[] fitted = kept.stream().filter(live::get).toArray();
    int[] pruned = IntStream.range(0, consumer.rows()).filter(j -> !stays.get(j)).toArray();
    Matrix rows = covariance.selectRows(fitted);
    Matrix target = rows.selectCols(pruned).times(consumer.selectRows(pruned));
    Solution solution = solve(rows.selectCols(fitted), target, ridge);
    Matrix change = spread(solution.x(), ImmutableIntArray.copyOf(fitted), consumer.rows());
    Matrix weight = consumer.plus(change).selectRows(kept.toArray());
    return withMeans(moments, consumer, kept, weight, solution.ridge());
  }

  /**
   * Least squares for what a unit's projection still gets wrong in a slim model: with the error e
   * of the residual stream behind it, W′ = W_K + (C_hh + λI)⁻¹ C_he, and μ_e − μ_h (W′ − W_K) goes
   * into the bias. For e = h_P W_P this is {@link CompensationMethod#LEAST_SQUARES}; measured
   * behind slimmed layers, e holds their errors, too.
   *
   * @param measured moments of the slim unit's activation and the error
   * @param weight W_K, kept × m
   * @param ridge ε ≥ 0
   */
  public static Fit correct(ErrorMoments measured, Matrix weight, double ridge) {
    Moments moments = measured.activation();
    check(moments, weight, ridge);
    int[] live = LiveNeurons.of(moments).toArray();
    Solution solution =
        solve(
            moments.covariance().selectRows(live).selectCols(live),
            measured.crossCovariance().selectRows(live),
            ridge);
    Matrix change = spread(solution.x(), ImmutableIntArray.copyOf(live), weight.rows());
    return new Fit(
        weight.plus(change),
        measured.errorMean().minus(moments.mean().times(change)),
        solution.ridge());
  }

  private record Solution(Matrix x, double ridge) {}

  /** (A + λI)⁻¹ B, with ε raised tenfold until A + λI is positive definite. */
  private static Solution solve(Matrix a, Matrix b, double ridge) {
    double scale = IntStream.range(0, a.rows()).mapToDouble(i -> a.get(i, i)).average().orElse(0);
    double epsilon = ridge;
    for (int attempt = 0; attempt <= RAISES; attempt++) {
      Optional<Matrix> x =
          Cholesky.solve(a.plus(Matrix.identity(a.rows()).scaled(epsilon * scale)), b);
      if (x.isPresent()) {
        return new Solution(x.get(), epsilon);
      }
      epsilon = Math.max(epsilon * 10, SMALLEST_RAISE);
    }
    throw new IllegalStateException(
        "covariance of the kept neurons is not positive definite, not even with ridge " + epsilon);
  }

  /** The bias that makes both outputs agree on average: μW − μ_K W′. */
  private static Fit withMeans(
      Captured moments, Matrix consumer, ImmutableIntArray kept, Matrix weight, double ridge) {
    Matrix mean = moments.mean();
    Matrix shift = mean.times(consumer).minus(mean.selectCols(kept.toArray()).times(weight));
    return new Fit(weight, shift, ridge);
  }

  private static BitSet bits(ImmutableIntArray indices) {
    return indices.stream().collect(BitSet::new, BitSet::set, BitSet::or);
  }

  private static Matrix spread(Matrix rows, ImmutableIntArray indices, int count) {
    double[] values = new double[Math.multiplyExact(count, rows.cols())];
    for (int i = 0; i < indices.length(); i++) {
      System.arraycopy(rows.row(i), 0, values, indices.get(i) * rows.cols(), rows.cols());
    }
    return Matrix.of(count, rows.cols(), values);
  }

  private static void check(Captured moments, Matrix consumer, double ridge) {
    if (moments.width() != consumer.rows()) {
      throw new IllegalArgumentException(
          "moments of " + moments.width() + " neurons, weight of " + consumer.rows());
    }
    if (!consumer.isFinite()) {
      throw new IllegalArgumentException("the weight holds values that are not finite");
    }
    if (!(ridge >= 0)) {
      throw new IllegalArgumentException("ridge " + ridge + " is negative");
    }
    LiveNeurons.requireFinite(moments);
  }
}
