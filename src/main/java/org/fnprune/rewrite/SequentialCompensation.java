package org.fnprune.rewrite;

import com.google.common.collect.ImmutableMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fnprune.capture.ErrorCapture;
import org.fnprune.capture.ErrorMoments;
import org.fnprune.common.Progress;
import org.fnprune.common.UsageException;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.Graph;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.ConsumerWeights;
import org.fnprune.structure.Projection;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.ResidualSum;
import org.fnprune.structure.Structure;

/**
 * Fits the projections one behind the other. For each unit, in the order of the graph:
 *
 * <ol>
 *   <li>slim the model with all fits so far
 *   <li>run it beside the dense one over the calibration text, and measure the error of the
 *       residual stream behind the unit
 *   <li>fit the error on what the slim unit's neurons do, so that it also makes up for the layers
 *       before it
 * </ol>
 */
public final class SequentialCompensation {

  private SequentialCompensation() {}

  /**
   * Fits all units that the plan prunes and that have no fit yet.
   *
   * @param fitted fits by unit id that are there from the start
   * @param ridge ε of each fit
   * @throws UsageException when a unit's result does not join a residual stream
   */
  public static ImmutableMap<String, Compensation.Fit> fit(
      Graph dense,
      Structure structure,
      PruningPlan plan,
      ImmutableMap<String, Compensation.Fit> fitted,
      List<TokenBatch> batches,
      double ridge,
      RuntimeOptions options,
      Progress progress) {
    ImmutableMap<String, UnitPlan> pruned = plan.pruned();
    long tokens = batches.stream().mapToLong(TokenBatch::tokens).sum();
    progress.start("compensate", tokens * (pruned.size() - fitted.size()), "tokens");
    Map<String, Compensation.Fit> fits = new LinkedHashMap<>(fitted);
    for (PrunableUnit unit : structure.units()) {
      UnitPlan planned = pruned.get(unit.id());
      if (planned == null || fitted.containsKey(unit.id())) {
        continue;
      }
      Matrix weight =
          ConsumerWeights.read(dense, unit).selectRows(planned.keptPositions().toArray());
      ErrorMoments measured =
          ErrorCapture.run(
              dense.model(),
              GraphRewriter.rewrite(dense, structure, plan, ImmutableMap.copyOf(fits)),
              unit.activation(),
              weight.rows(),
              weight.cols(),
              residualSum(dense, unit),
              batches,
              options,
              progress);
      fits.put(unit.id(), Compensation.correct(measured, weight, ridge));
    }
    progress.done();
    return ImmutableMap.copyOf(fits);
  }

  private static ResidualSum residualSum(Graph dense, PrunableUnit unit) {
    List<Projection> consumers = ConsumerWeights.projections(dense, unit);
    return (consumers.size() == 1
            ? ResidualSum.of(dense, consumers.get(0))
            : Optional.<ResidualSum>empty())
        .orElseThrow(
            () ->
                new UsageException(
                    "unit '" + unit.id() + "' does not add to a residual stream",
                    "compensate without sequential"));
  }
}
