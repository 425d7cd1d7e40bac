package org.fnprune.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import org.fnprune.ModelComparison;
import org.fnprune.report.ComparisonJson;
import org.fnprune.verify.OutputDifference;
import org.jspecify.annotations.Nullable;

/** What {@code compare} found, in JSON. */
final class CompareJson {

  private CompareJson() {}

  static JsonObject of(ModelComparison comparison) {
    JsonArray outputs = new JsonArray();
    for (OutputDifference output : comparison.outputs()) {
      JsonObject json = new JsonObject();
      json.addProperty("name", output.name());
      json.addProperty("max_abs_diff", finite(output.maxAbsDiff()));
      json.addProperty("largest", finite(output.largest()));
      json.addProperty("cosine", finite(output.cosine()));
      json.addProperty("top1_agreement", output.top1Agreement());
      outputs.add(json);
    }
    JsonObject document = new JsonObject();
    document.addProperty("schema", 1);
    document.addProperty("device", comparison.device());
    document.add("model", ComparisonJson.models(comparison.dense(), comparison.slim()));
    document.add("outputs", outputs);
    document.add("tasks", ComparisonJson.tasks(comparison.tasks(), comparison.alone()));
    document.add("latency", ComparisonJson.latency(comparison.latency()));
    document.add("gate", ComparisonJson.gate(comparison.gate(), comparison.maxDrop()));
    return document;
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
