package org.fnprune.rewrite;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import org.fnprune.capture.ErrorMoments;
import org.fnprune.capture.SplitErrors;
import org.jspecify.annotations.Nullable;

/**
 * How much a unit is compensated: what leaves the smallest error on held-out text of several
 * strengths of fit and of nothing at all, and is then fitted to all text. Every candidate is
 * rounded to what the model's type can store before it is compared.
 *
 * @param correction the choice
 * @param error E‖·‖² that it leaves on held-out text when fitted to the rest
 * @param uncorrected E‖·‖² on held-out text without a correction
 */
record HeldOutChoice(Correction correction, double error, double uncorrected) {

  /** ε to choose from; of those that do equally well the first is taken. */
  static final ImmutableList<Double> RIDGES =
      ImmutableList.of(Double.POSITIVE_INFINITY, 1.0, 0.1, 0.01, 1e-3, 1e-4);

  /** ε where there is nothing to choose by. */
  static final double UNCHOSEN = 0.01;

  /**
   * ε to compare.
   *
   * @param ridge what a recipe asks for; null for a choice
   * @param splits whether there is held-out text to choose by
   * @param rounded whether a changed weight is rounded, which may take away what the change gains
   */
  static ImmutableList<Double> ridges(@Nullable Double ridge, boolean splits, boolean rounded) {
    if (ridge == null && splits) {
      return RIDGES;
    }
    double asked = ridge == null ? UNCHOSEN : ridge;
    return rounded ? ImmutableList.of(Double.POSITIVE_INFINITY, asked) : ImmutableList.of(asked);
  }

  /**
   * Chooses.
   *
   * @param errors without a correction; where nothing is held out, all candidates are compared on
   *     what they were fitted to
   * @param weight that is corrected
   * @param ridges ε to compare, at least one
   * @param gain share of the error that must be saved for a correction to be made, in 0 … 1
   */
  static HeldOutChoice of(SplitErrors errors, SlimWeight weight, List<Double> ridges, double gain) {
    RidgePath fitting = new RidgePath(errors.fitting());
    RemainingError heldOut = new RemainingError(errors.heldOut().orElse(errors.fitting()));
    int neurons = weight.stored().rows();
    Correction none = Correction.none(neurons, weight.stored().cols());
    double uncorrected = heldOut.after(none);
    double best = Double.POSITIVE_INFINITY;
    Optional<Double> chosen = Optional.empty();
    for (double ridge : ridges) {
      double error = heldOut.after(stored(fitting, weight, ridge));
      if (error < best) {
        best = error;
        chosen = Optional.of(ridge);
      }
    }
    boolean pays = gain == 0 ? best <= uncorrected : best < (1 - gain) * uncorrected;
    if (chosen.isEmpty() || !pays) {
      return new HeldOutChoice(none, uncorrected, uncorrected);
    }
    RidgePath all = errors.heldOut().isEmpty() ? fitting : new RidgePath(errors.all());
    return new HeldOutChoice(stored(all, weight, chosen.get()), best, uncorrected);
  }

  /** A fit as the model's type can store it, with the constant that belongs to that. */
  private static Correction stored(RidgePath path, SlimWeight weight, double ridge) {
    Correction fitted = path.at(ridge);
    if (!fitted.changesWeight()) {
      return fitted;
    }
    ErrorMoments measured = path.measured();
    return Correction.withMeans(measured, weight.storable(fitted.change()), fitted.ridge());
  }

  /** What is written into the model. */
  Compensation.Fit fit(SlimWeight weight) {
    return Compensation.Fit.of(weight.stored(), correction);
  }
}
