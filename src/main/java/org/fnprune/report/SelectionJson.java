package org.fnprune.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.OptionalDouble;
import org.fnprune.search.Outcome;
import org.jspecify.annotations.Nullable;

/** {@code selection} of {@code report.json}: what was chosen, what was tried, and why. */
final class SelectionJson {

  private SelectionJson() {}

  static JsonObject of(Outcome outcome) {
    JsonObject json = new JsonObject();
    json.addProperty("chosen", outcome.choice().describe());
    json.addProperty("reason", outcome.reason());
    json.addProperty("by_networks", outcome.choice().usesNetworks());
    json.addProperty("predicted_loss", value(outcome.predictedLoss()));
    json.addProperty("measured_loss", value(outcome.measuredLoss()));
    JsonArray trials = new JsonArray();
    for (Outcome.Trial trial : outcome.trials()) {
      JsonObject one = new JsonObject();
      one.addProperty("rung", trial.rung());
      one.addProperty("candidate", trial.choice().describe());
      one.addProperty("loss", Double.isFinite(trial.loss()) ? trial.loss() : null);
      one.addProperty("kept", trial.kept());
      trials.add(one);
    }
    json.add("trials", trials);
    return json;
  }

  private static @Nullable Double value(OptionalDouble optional) {
    return optional.isPresent() && Double.isFinite(optional.getAsDouble())
        ? Double.valueOf(optional.getAsDouble())
        : null;
  }
}
