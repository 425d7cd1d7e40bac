package org.fnprune.search;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.util.HashMap;
import java.util.Map;
import org.fnprune.capture.Captured;
import org.fnprune.capture.Moments;
import org.fnprune.capture.MomentsStore;
import org.fnprune.model.Graph;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.fnprune.rewrite.Compensation;
import org.fnprune.rewrite.GraphRewriter;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.ConsumerWeights;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;
import org.fnprune.structure.UnitKind;
import org.fnprune.verify.OnnxPredictor;

/**
 * The loss of plans on held-out text, each unit compensated apart from the others. Fits of a unit
 * are kept: plans that are tried one after the other differ in few units.
 */
final class JointLoss {

  private static final double RIDGE = 1e-2;

  /** Bytes that kept fits may take: an eighth of the largest heap. */
  private static final long KEPT_BYTES = Runtime.getRuntime().maxMemory() / 8;

  private final Graph dense;
  private final Structure structure;
  private final MomentsStore moments;
  private final CompensationMethod method;
  private final CalibrationLoss loss;
  private final RuntimeOptions options;
  private final Map<UnitPlan, Compensation.Fit> fits = new HashMap<>();
  private long keptBytes;

  JointLoss(
      Graph dense,
      Structure structure,
      MomentsStore moments,
      CompensationMethod method,
      CalibrationLoss loss,
      RuntimeOptions options) {
    this.dense = dense;
    this.structure = structure;
    this.moments = moments;
    this.method = method;
    this.loss = loss;
    this.options = options;
  }

  /** The divergence of a plan's slim model from the dense one, in nats. */
  double of(PruningPlan plan) {
    ImmutableMap.Builder<String, Compensation.Fit> compensated = ImmutableMap.builder();
    if (method != CompensationMethod.NONE) {
      for (PrunableUnit unit : structure.units()) {
        UnitPlan planned = plan.pruned().get(unit.id());
        if (planned != null) {
          compensated.put(unit.id(), fit(unit, planned));
        }
      }
    }
    try (OnnxPredictor slim =
        OnnxPredictor.open(
            GraphRewriter.rewrite(dense, structure, plan, compensated.buildOrThrow()), options)) {
      return loss.of(slim);
    }
  }

  private Compensation.Fit fit(PrunableUnit unit, UnitPlan planned) {
    Compensation.Fit known = fits.get(planned);
    if (known != null) {
      return known;
    }
    Captured captured = moments.get(unit.id());
    ImmutableIntArray kept = planned.keptPositions();
    boolean pairs =
        captured instanceof Moments
            && unit.kind() != UnitKind.FFN_OUT
            && !ConsumerWeights.areQuantised(dense, unit);
    Compensation.Fit fit =
        Compensation.fit(
            captured,
            ConsumerWeights.read(dense, unit),
            kept,
            pairs ? method : CompensationMethod.BIAS,
            RIDGE);
    long bytes = (long) fit.weight().rows() * fit.weight().cols() * Double.BYTES;
    if (keptBytes + bytes > KEPT_BYTES) {
      fits.clear();
      keptBytes = 0;
    }
    fits.put(planned, fit);
    keptBytes += bytes;
    return fit;
  }
}
