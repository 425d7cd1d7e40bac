package org.fnprune.rewrite;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.fnprune.capture.CalibrationMoments;
import org.fnprune.capture.Captured;
import org.fnprune.capture.Sketch;
import org.fnprune.common.Progress;
import org.fnprune.data.CalibrationText;
import org.fnprune.model.Graph;
import org.fnprune.recipe.Recipe.Compensate;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.ConsumerWeights;
import org.fnprune.structure.FloatEnds;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;
import org.fnprune.structure.UnitKind;

/**
 * Fits the projections of a plan as a recipe says.
 *
 * @param dense the model before
 * @param plan which channels stay
 */
public record Compensator(Graph dense, Structure structure, PruningPlan plan) {

  /**
   * Fits by unit id; none for units that stay whole, and none at all for method {@code none}.
   *
   * @param moments of the dense model by unit id, read one unit at a time
   * @param texts calibration text, for sequential fitting
   * @param warnings told where a unit is fitted in a simpler way than asked for
   */
  public ImmutableMap<String, Compensation.Fit> fit(
      Compensate options,
      CalibrationMoments moments,
      List<CalibrationText> texts,
      RuntimeOptions device,
      Consumer<String> warnings,
      Progress progress) {
    if (options.method() == CompensationMethod.NONE) {
      return ImmutableMap.of();
    }
    if (!options.isSequential()) {
      return fitApart(options, structure.units(), moments, warnings);
    }
    List<PrunableUnit> byBias =
        structure.units().stream()
            .filter(u -> u.kind() == UnitKind.FFN_OUT || ConsumerWeights.areQuantised(dense, u))
            .toList();
    ImmutableMap<String, Compensation.Fit> fitted = fitApart(options, byBias, moments, warnings);
    return SequentialCompensation.fit(
        dense, structure, plan, fitted, texts.get(0).fitting(), ridge(options), device, progress);
  }

  private static double ridge(Compensate options) {
    Double ridge = options.ridge();
    return ridge == null ? 0.01 : ridge;
  }

  private ImmutableMap<String, Compensation.Fit> fitApart(
      Compensate options,
      List<PrunableUnit> units,
      CalibrationMoments moments,
      Consumer<String> warnings) {
    ImmutableMap.Builder<String, Compensation.Fit> fits = ImmutableMap.builder();
    Map<String, UnitPlan> pruned = plan.pruned();
    for (PrunableUnit unit : units) {
      UnitPlan planned = pruned.get(unit.id());
      if (planned == null) {
        continue;
      }
      Captured captured = moments.all().get(unit.id());
      fits.put(
          unit.id(),
          Compensation.fit(
              captured,
              ConsumerWeights.read(dense, unit),
              planned.keptPositions(),
              possible(options.method(), unit, captured, warnings),
              ridge(options)));
    }
    return fits.buildOrThrow();
  }

  /**
   * Least squares needs the covariance of all pairs of neurons, which a sketch does not have; and
   * what is left of outputs of a down projection goes nowhere before the residual stream, so that
   * nothing could make up for the others but a constant. Weights that are integers stay as they
   * are: rounding a fit to them again would take away what it gains.
   */
  private CompensationMethod possible(
      CompensationMethod wanted, PrunableUnit unit, Captured captured, Consumer<String> warnings) {
    boolean endsInIntegers =
        unit.consumers().stream().anyMatch(c -> FloatEnds.result(dense, c).isEmpty());
    if (endsInIntegers) {
      warnings.accept(
          "unit '"
              + unit.id()
              + "' is not compensated: its projection makes integers, to which no bias can be added");
      return CompensationMethod.NONE;
    }
    if (wanted != CompensationMethod.LEAST_SQUARES) {
      return wanted;
    }
    if (ConsumerWeights.areQuantised(dense, unit)) {
      warnings.accept(
          "unit '"
              + unit.id()
              + "' is compensated by bias, not least squares: its projection is quantised");
      return CompensationMethod.BIAS;
    }
    if (unit.kind() == UnitKind.FFN_OUT) {
      warnings.accept(
          "unit '"
              + unit.id()
              + "' is compensated by bias, not least squares: outputs of a down projection have no"
              + " projection behind them");
      return CompensationMethod.BIAS;
    }
    if (!(captured instanceof Sketch)) {
      return wanted;
    }
    warnings.accept(
        "unit '"
            + unit.id()
            + "' is compensated by bias, not least squares: its "
            + captured.width()
            + " neurons did not fit the memory limit; raise --memory");
    return CompensationMethod.BIAS;
  }
}
