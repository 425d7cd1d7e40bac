package org.fnprune.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import org.fnprune.ModelComparison;
import org.fnprune.report.ComparisonJson;
import org.fnprune.report.Summary;
import org.fnprune.report.TextTable;
import org.fnprune.verify.OutputDifference;

/** What {@code compare} prints. */
final class CompareText {

  private CompareText() {}

  static String text(ModelComparison comparison) {
    StringBuilder text = new StringBuilder();
    TextTable outputs =
        new TextTable("Output", "Largest difference", "Largest value", "Cosine", "Same top 1");
    for (OutputDifference output : comparison.outputs()) {
      outputs.row(
          output.name(),
          Summary.number("%.3g", output.maxAbsDiff()),
          Summary.number("%.3g", output.largest()),
          Summary.number("%.6f", output.cosine()),
          Summary.number("%.4f", output.top1Agreement()));
    }
    text.append(outputs.toText()).append("On random tokens.\n\n");
    TextTable tasks = Summary.tasks(comparison.tasks());
    if (!tasks.isEmpty()) {
      text.append(tasks.toText()).append(Summary.footnote()).append("\n\n");
    }
    text.append(
        Summary.sizes(comparison.dense(), comparison.slim(), comparison.latency()).toText());
    TextTable latency = Summary.latency(comparison.latency());
    if (!latency.isEmpty()) {
      text.append('\n').append(latency.toText());
    }
    comparison.gate().reasons().forEach(r -> text.append("Gate missed: ").append(r).append('\n'));
    return text.toString();
  }

  static JsonObject json(ModelComparison comparison) {
    JsonArray outputs = new JsonArray();
    for (OutputDifference output : comparison.outputs()) {
      JsonObject json = new JsonObject();
      json.addProperty("name", output.name());
      json.addProperty("max_abs_diff", ComparisonJson.finite(output.maxAbsDiff()));
      json.addProperty("largest", ComparisonJson.finite(output.largest()));
      json.addProperty("cosine", ComparisonJson.finite(output.cosine()));
      json.addProperty("top1_agreement", output.top1Agreement());
      outputs.add(json);
    }
    JsonObject document = new JsonObject();
    document.addProperty("schema", 1);
    document.addProperty("device", comparison.device());
    document.add("model", ComparisonJson.models(comparison.dense(), comparison.slim()));
    document.add("outputs", outputs);
    document.add("tasks", ComparisonJson.tasks(comparison.tasks()));
    document.add("latency", ComparisonJson.latency(comparison.latency()));
    document.add("gate", ComparisonJson.gate(comparison.gate()));
    return document;
  }
}
