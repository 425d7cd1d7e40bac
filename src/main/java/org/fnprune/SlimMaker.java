package org.fnprune;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.fnprune.capture.CalibrationMoments;
import org.fnprune.model.OnnxModel;
import org.fnprune.recipe.Recipe;
import org.fnprune.rewrite.Compensation;
import org.fnprune.rewrite.Compensator;
import org.fnprune.rewrite.ConfigPatch;
import org.fnprune.rewrite.GraphRewriter;
import org.fnprune.rewrite.MaskedModel;
import org.fnprune.rewrite.Requantised;
import org.fnprune.rewrite.SlimFolder;
import org.fnprune.rewrite.StagedFolder;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.search.Outcome;
import org.fnprune.select.PruningPlan;
import org.fnprune.verify.Equivalence;

/** Makes the slim model of a plan. */
final class SlimMaker {

  private final Recipe recipe;
  private final RunInputs inputs;
  private final Path folder;
  private final RuntimeOptions device;
  private final Pipeline.Listener listener;
  private final Stopwatch clock;

  /**
   * @param folder the slim model's, which is not there yet
   */
  SlimMaker(
      Recipe recipe,
      RunInputs inputs,
      Path folder,
      RuntimeOptions device,
      Pipeline.Listener listener,
      Stopwatch clock) {
    this.recipe = recipe;
    this.inputs = inputs;
    this.folder = folder;
    this.device = device;
    this.listener = listener;
    this.clock = clock;
  }

  /**
   * Rewrites the model, checks that nothing but the pruning is different, makes up for what went,
   * and puts the folder in its place.
   *
   * @throws IllegalStateException when the slim model is not the masked one: a bug
   */
  SlimResult make(Outcome outcome, CalibrationMoments moments) throws IOException {
    PruningPlan plan = outcome.plan();
    Recipe.Compensate compensate = recipe.compensate().sequentially(outcome.choice().sequential());
    ConfigPatch patch = ConfigPatch.of(inputs.folder(), plan);
    patch.warnings().forEach(listener::warn);
    StagedFolder uncompensated = stage(plan, patch, ImmutableMap.of());
    Equivalence equivalence = clock.time("equality", () -> equality(plan, uncompensated));
    ImmutableMap<String, Compensation.Fit> fits =
        clock.time(
            "compensate",
            () ->
                new Compensator(inputs.dense(), inputs.found(), plan)
                    .fit(compensate, moments, inputs.texts(), device, listener::warn, listener));
    Requantised.warnings(inputs.dense(), inputs.structure(), plan).forEach(listener::warn);
    StagedFolder slim = fits.isEmpty() ? uncompensated : stage(plan, patch, fits);
    clock.time("sync", slim::publish);
    return new SlimResult(equivalence, ridges(fits));
  }

  /** Compares the model as it was written, before anything makes up for what went. */
  private Equivalence equality(PruningPlan plan, StagedFolder slim) throws IOException {
    Equivalence equivalence =
        Equivalence.check(
            MaskedModel.of(inputs.dense(), inputs.structure(), plan),
            slim.onnx(),
            inputs.structure(),
            plan,
            inputs.sampleBatches(recipe.seed()),
            inputs.model().random().traced(recipe.seed()),
            device);
    if (!equivalence.passed()) {
      slim.discard();
    }
    equivalence.remarks().forEach(listener::warn);
    return equivalence.requirePassed();
  }

  private StagedFolder stage(
      PruningPlan plan, ConfigPatch patch, ImmutableMap<String, Compensation.Fit> fits)
      throws IOException {
    OnnxModel slim =
        clock.time(
            "rewrite", () -> GraphRewriter.rewrite(inputs.dense(), inputs.found(), plan, fits));
    if (slim.parameters() >= inputs.structure().parameters()) {
      throw new IllegalStateException(
          "the slim model has "
              + slim.parameters()
              + " parameters, no fewer than the dense one; raise sparsity or compensate with none");
    }
    return clock.time(
        "write",
        () ->
            SlimFolder.stage(
                inputs.dense().model(),
                slim,
                inputs.folder(),
                inputs.model().otherFiles(),
                folder,
                patch.files()));
  }

  private static ImmutableMap<String, Double> ridges(Map<String, Compensation.Fit> fits) {
    ImmutableMap.Builder<String, Double> ridges = ImmutableMap.builder();
    fits.forEach((unit, fit) -> ridges.put(unit, fit.ridgeUsed()));
    return ridges.buildOrThrow();
  }
}
