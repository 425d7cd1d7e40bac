package org.fnprune.rewrite;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.fnprune.capture.CalibrationMoments;
import org.fnprune.capture.Captured;
import org.fnprune.capture.MomentsStore;
import org.fnprune.capture.TinyCapture;
import org.fnprune.common.Progress;
import org.fnprune.data.CalibrationText;
import org.fnprune.data.TokenBatch;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.fnprune.select.PruningPlan;
import org.jspecify.annotations.Nullable;

/** Least-squares fits of tiny models to text that is captured for them. */
final class Fits {

  private Fits() {}

  /**
   * Fits as a run has them.
   *
   * @param ridge null for a choice
   * @param texts the first of which moments are captured of, held-out ones apart
   */
  static ImmutableMap<String, Compensation.Fit> of(
      SlimCheck check,
      PruningPlan plan,
      @Nullable Double ridge,
      boolean sequential,
      List<CalibrationText> texts,
      List<String> warnings) {
    return new Compensator(check.dense(), check.structure(), plan)
        .fit(
            new Recipe.Compensate(CompensationMethod.LEAST_SQUARES, ridge, sequential),
            moments(check, texts.get(0)),
            texts,
            SlimCheck.CPU,
            warnings::add,
            Progress.NONE);
  }

  /** Moments of all of a text and of its held-out part. */
  static CalibrationMoments moments(SlimCheck check, CalibrationText text) {
    return new CalibrationMoments(
        store(check, all(text)),
        text.heldOut().isEmpty() ? Optional.empty() : Optional.of(store(check, text.heldOut())));
  }

  /** All batches of a text. */
  static List<TokenBatch> all(CalibrationText text) {
    return Stream.concat(text.fitting().stream(), text.heldOut().stream()).toList();
  }

  private static MomentsStore store(SlimCheck check, List<TokenBatch> batches) {
    ImmutableMap.Builder<String, Captured> moments = ImmutableMap.builder();
    check
        .structure()
        .units()
        .forEach(u -> moments.put(u.id(), TinyCapture.moments(check.dense(), u, batches)));
    return MomentsStore.of(moments.buildOrThrow());
  }
}
