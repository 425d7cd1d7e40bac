package org.fnprune.rewrite;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import org.fnprune.capture.Moments;
import org.fnprune.common.Progress;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.Graph;
import org.fnprune.recipe.Recipe.Compensate;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.ConsumerWeights;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;

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
   * @param moments of the dense model, by unit id
   * @param batches calibration text, for sequential fitting
   */
  public ImmutableMap<String, Compensation.Fit> fit(
      Compensate options,
      Map<String, Moments> moments,
      List<TokenBatch> batches,
      RuntimeOptions device,
      Progress progress) {
    if (options.method() == CompensationMethod.NONE) {
      return ImmutableMap.of();
    }
    return options.sequential()
        ? SequentialCompensation.fit(
            dense, structure, plan, batches, options.ridge(), device, progress)
        : fitApart(options, moments);
  }

  private ImmutableMap<String, Compensation.Fit> fitApart(
      Compensate options, Map<String, Moments> moments) {
    ImmutableMap.Builder<String, Compensation.Fit> fits = ImmutableMap.builder();
    Map<String, UnitPlan> pruned = plan.pruned();
    for (PrunableUnit unit : structure.units()) {
      UnitPlan planned = pruned.get(unit.id());
      if (planned == null) {
        continue;
      }
      Moments captured = moments.get(unit.id());
      if (captured == null) {
        throw new IllegalStateException("no activations were captured for " + unit.id());
      }
      fits.put(
          unit.id(),
          Compensation.fit(
              captured,
              ConsumerWeights.read(dense, unit),
              planned.kept(),
              options.method(),
              options.ridge()));
    }
    return fits.buildOrThrow();
  }
}
