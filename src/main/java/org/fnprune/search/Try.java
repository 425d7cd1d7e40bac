package org.fnprune.search;

import java.util.List;
import org.fnprune.capture.MomentsStore;
import org.fnprune.data.CalibrationText;
import org.fnprune.model.Graph;
import org.fnprune.recipe.Recipe;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.select.*;
import org.fnprune.structure.Structure;
import org.fnprune.verify.OnnxPredictor;

public final class Try {
  private Try() {}

  public static PruningPlan plan(
      Graph dense,
      Structure structure,
      MomentsStore moments,
      Findings findings,
      Recipe.Prune options,
      long seed,
      List<CalibrationText> texts,
      RuntimeOptions device) {
    if (!Planner.isPriced(options)) {
      return Planner.plan(dense, structure, findings, options, seed);
    }
    try (OnnxPredictor p = OnnxPredictor.open(dense.model(), device)) {
      CalibrationLoss d =
          CalibrationLoss.of(p, texts, Integer.getInteger("loss.tokens", 8192), true);
      return new PricedPlanner(
              structure,
              Planner.rankings(dense, structure, findings, options, seed),
              options,
              new JointLoss(
                  dense, structure, moments, Recipe.CompensationMethod.LEAST_SQUARES, d, device))
          .plan()
          .plan();
    }
  }
}
