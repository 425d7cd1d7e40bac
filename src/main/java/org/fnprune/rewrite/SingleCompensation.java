package org.fnprune.rewrite;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Optional;
import java.util.function.Consumer;
import org.fnprune.capture.CalibrationMoments;
import org.fnprune.capture.Captured;
import org.fnprune.capture.ErrorMoments;
import org.fnprune.capture.LiveNeurons;
import org.fnprune.capture.Moments;
import org.fnprune.capture.SplitErrors;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.Graph;
import org.fnprune.recipe.Recipe.Compensate;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.fnprune.structure.PrunableUnit;

/**
 * Fits one unit by itself, from moments of the dense model, as well as a recipe asks for and as the
 * unit allows.
 *
 * @param warnings told where a unit is fitted in a simpler way than asked for
 */
record SingleCompensation(
    Graph dense, Compensate options, CalibrationMoments moments, Consumer<String> warnings) {

  /** The fit of a unit of which {@code kept} positions stay. */
  Compensation.Fit fit(PrunableUnit unit, ImmutableIntArray kept) {
    SlimWeight weight = SlimWeight.of(dense, unit, kept);
    Optional<String> obstacle = Fittable.obstacleToBias(dense, unit);
    if (obstacle.isPresent()) {
      warn(unit, "not compensated", obstacle.get());
      return none(weight);
    }
    Captured captured = requireNonNull(moments.all().get(unit.id()), unit.id());
    LiveNeurons.requireFinite(captured);
    boolean byBias = method(unit, captured) == CompensationMethod.BIAS;
    if (!(captured instanceof Moments whole)) {
      return Compensation.bias(captured, weight);
    }
    Optional<CalibrationMoments.Split> split = moments.split(unit.id());
    SplitErrors errors = errors(whole, split, weight);
    ImmutableList<Double> ridges =
        byBias
            ? ImmutableList.of(Double.POSITIVE_INFINITY)
            : HeldOutChoice.ridges(
                options.ridge(), split.isPresent(), FittedWeight.isRounded(dense, unit));
    return chosen(unit, weight, HeldOutChoice.of(errors, weight, ridges, 0));
  }

  /** What a choice puts into the model; says so where that is less than was asked for. */
  Compensation.Fit chosen(PrunableUnit unit, SlimWeight weight, HeldOutChoice choice) {
    if (choice.correction().isNone()) {
      warn(
          unit,
          "not compensated",
          "on held-out text its output is nearer to the dense one as it is");
    } else if (!choice.correction().changesWeight()
        && options.method() == CompensationMethod.LEAST_SQUARES
        && FittedWeight.isQuantised(dense, unit)
        && Fittable.obstacleToWeight(dense, unit).isEmpty()) {
      warn(
          unit,
          "compensated by bias, not least squares",
          "rounded to its quantised type, least squares does no better on held-out text");
    }
    return choice.fit(weight);
  }

  private static SplitErrors errors(
      Moments whole, Optional<CalibrationMoments.Split> split, SlimWeight weight) {
    Matrix lost = weight.lost();
    return split
        .map(
            parts ->
                new SplitErrors(
                    ErrorMoments.of(parts.fitting(), lost, weight.kept()),
                    Optional.of(ErrorMoments.of(parts.heldOut(), lost, weight.kept()))))
        .orElseGet(
            () -> new SplitErrors(ErrorMoments.of(whole, lost, weight.kept()), Optional.empty()));
  }

  private static Compensation.Fit none(SlimWeight weight) {
    return Compensation.Fit.of(
        weight.stored(), Correction.none(weight.stored().rows(), weight.stored().cols()));
  }

  /**
   * Least squares needs the covariance of all pairs of neurons, which a sketch does not have; and
   * what is left of outputs of a down projection goes nowhere before the residual stream, so that
   * nothing could make up for the others but a constant.
   */
  private CompensationMethod method(PrunableUnit unit, Captured captured) {
    if (options.method() != CompensationMethod.LEAST_SQUARES) {
      return options.method();
    }
    Optional<String> obstacle = Fittable.obstacleToWeight(dense, unit);
    if (obstacle.isEmpty() && !(captured instanceof Moments)) {
      obstacle =
          Optional.of(
              "its " + captured.width() + " neurons did not fit the memory limit; raise --memory");
    }
    if (obstacle.isEmpty()) {
      return CompensationMethod.LEAST_SQUARES;
    }
    warn(unit, "compensated by bias, not least squares", obstacle.get());
    return CompensationMethod.BIAS;
  }

  private void warn(PrunableUnit unit, String how, String why) {
    warnings.accept("unit '" + unit.id() + "' is " + how + ": " + why);
  }
}
