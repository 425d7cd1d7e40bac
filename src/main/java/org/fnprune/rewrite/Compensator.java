package org.fnprune.rewrite;

import com.google.common.collect.ImmutableMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.fnprune.capture.CalibrationMoments;
import org.fnprune.common.Progress;
import org.fnprune.data.CalibrationText;
import org.fnprune.model.Graph;
import org.fnprune.recipe.Recipe.Compensate;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;

/**
 * Fits the projections of a plan as a recipe says.
 *
 * @param dense the model before
 * @param structure the plan's units, and other units whose projections may be fitted to make up for
 *     them
 * @param plan which channels stay
 */
public record Compensator(Graph dense, Structure structure, PruningPlan plan) {

  /**
   * Fits by unit id: of all units that lose channels, and with sequential fitting of whole units
   * behind them, too, where that helps. None at all for method {@code none}.
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
    boolean sequential =
        options.isSequential() && options.method() == CompensationMethod.LEAST_SQUARES;
    SingleCompensation single = new SingleCompensation(dense, options, moments, warnings);
    Map<String, Compensation.Fit> fits = new LinkedHashMap<>();
    ImmutableMap<String, UnitPlan> pruned = plan.pruned();
    for (PrunableUnit unit : structure.units()) {
      UnitPlan planned = pruned.get(unit.id());
      if (planned != null && !(sequential && SequentialCompensation.canFit(dense, unit))) {
        if (sequential && Fittable.obstacleToWeight(dense, unit).isEmpty()) {
          warnings.accept(
              "unit '"
                  + unit.id()
                  + "' is fitted by itself, not sequentially: it does not add to a residual stream");
        }
        fits.put(unit.id(), single.fit(unit, planned.keptPositions()).compact());
      }
    }
    return sequential
        ? new SequentialCompensation(dense, structure, plan, single, texts, device, progress)
            .fit(ImmutableMap.copyOf(fits))
        : ImmutableMap.copyOf(fits);
  }
}
