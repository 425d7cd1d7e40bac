package org.fnprune.rewrite;

import com.google.common.primitives.ImmutableIntArray;
import org.fnprune.capture.Captured;
import org.fnprune.capture.ErrorMoments;
import org.fnprune.capture.LiveNeurons;
import org.fnprune.capture.Moments;
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
 * <p>λ = ε · mean diag(C_KK). All of it is a fit of the error e = h_P W_P on h_K ({@link
 * RidgePath}); the same fit of another error, measured behind slimmed layers, makes up for those,
 * too.
 */
public final class Compensation {

  private Compensation() {}

  /**
   * The projection of the slim model.
   *
   * @param weight W′, kept × m; 0 × m where {@link #compact} has left it out
   * @param biasShift 1 × m, to add to the bias
   * @param ridgeUsed ε of the fit, higher than asked for when the system was not positive definite
   *     with that; infinite for bias, NaN for none
   */
  public record Fit(Matrix weight, Matrix biasShift, double ridgeUsed) {

    static Fit of(Matrix weight, Correction correction) {
      return new Fit(
          correction.changesWeight() ? weight.plus(correction.change()) : weight,
          correction.constant(),
          correction.ridge());
    }

    /** Whether the weight is another than without a fit. */
    public boolean changesWeight() {
      return Double.isFinite(ridgeUsed);
    }

    /**
     * This without a weight that stays what is stored: those of many wide units would fill the
     * heap.
     */
    Fit compact() {
      return changesWeight() ? this : new Fit(Matrix.zeros(0, weight.cols()), biasShift, ridgeUsed);
    }

    /** Whether the projection stays what it is without a fit. */
    public boolean isNone() {
      return Double.isNaN(ridgeUsed);
    }
  }

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
    SlimWeight weight = SlimWeight.exact(consumer, kept);
    return switch (method) {
      case NONE -> none(consumer, kept);
      case BIAS -> bias(captured, weight);
      case LEAST_SQUARES ->
          Double.isInfinite(ridge)
              ? bias(captured, weight)
              : correct(
                  ErrorMoments.of(pairs(captured), weight.lost(), kept), weight.stored(), ridge);
    };
  }

  /** The kept rows as they are: needs no activations. */
  public static Fit none(Matrix consumer, ImmutableIntArray kept) {
    Matrix rows = consumer.selectRows(kept.toArray());
    return Fit.of(rows, Correction.none(rows.rows(), rows.cols()));
  }

  /** The mean of what is lost goes into the bias: needs no pairs of neurons. */
  static Fit bias(Captured captured, SlimWeight weight) {
    return new Fit(weight.stored(), captured.mean().times(weight.lost()), Double.POSITIVE_INFINITY);
  }

  /**
   * E‖(h W) − (h_K W′ + shift)‖², the mean square error of the slim output on the moments' data:
   * tr(ΔᵀCΔ) + ‖μΔ − shift‖² with Δ = W − W′ spread over all d rows.
   */
  public static double outputError(
      Moments moments, Matrix consumer, ImmutableIntArray kept, Fit fit) {
    Matrix difference =
        consumer.minus(SlimWeight.spread(fit.weight(), kept.toArray(), consumer.rows()));
    Matrix bias = moments.mean().times(difference).minus(fit.biasShift());
    return difference.inner(moments.covariance().times(difference)) + bias.inner(bias);
  }

  private static Moments pairs(Captured captured) {
    if (captured instanceof Moments moments) {
      return moments;
    }
    throw new IllegalArgumentException("least squares needs the products of all pairs of neurons");
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
    check(measured.activation(), weight, ridge);
    return Fit.of(weight, new RidgePath(measured).at(ridge));
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
