package org.fnprune.report;

import static org.fnprune.report.MaskedScores.finite;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import org.fnprune.data.Datasets;
import org.fnprune.network.NetworkJson;
import org.fnprune.recipe.RecipeWriter;
import org.fnprune.select.UnitPlan;
import org.fnprune.verify.Equivalence;

/** {@code report.json} (schema 1). */
public final class ReportJson {

  private ReportJson() {}

  /** The document. */
  public static JsonObject of(RunReport report) {
    JsonObject tool = MaskedScores.tool(report.origin().version());
    tool.addProperty("java", report.origin().java());
    tool.addProperty("onnxruntime", report.origin().onnxRuntime());
    JsonObject document = new JsonObject();
    document.addProperty("schema", 1);
    document.add("tool", tool);
    document.addProperty("name", name(report));
    document.add("command", MaskedScores.strings(report.origin().command()));
    document.addProperty("seed", report.recipe().seed());
    document.addProperty("recipe", RecipeWriter.toYaml(report.recipe()));
    document.addProperty("device", report.device());
    document.add("inputs", inputs(report.origin()));
    document.add("model", ComparisonJson.models(report.dense(), report.slim()));
    document.add("data", data(report));
    document.addProperty("sparsity", report.sparsity());
    document.add("units", units(report));
    document.add("refitted", refitted(report));
    document.add("networks", networks(report));
    document.add("selection", SelectionJson.of(report.selection()));
    document.add("equivalence", equivalence(report.equivalence()));
    document.add("tasks", ComparisonJson.tasks(report.tasks(), report.alone()));
    document.add("latency", ComparisonJson.latency(report.latency()));
    document.add("gate", ComparisonJson.gate(report.gate(), report.recipe().verify().maxDrop()));
    JsonObject timings = new JsonObject();
    report.timings().forEach(timings::addProperty);
    document.add("timings", timings);
    document.add("warnings", MaskedScores.strings(report.warnings()));
    return document;
  }

  private static JsonArray data(RunReport report) {
    JsonArray data = new JsonArray();
    for (Datasets.Used file : report.data()) {
      JsonObject json = new JsonObject();
      json.addProperty("path", file.file().toString());
      json.addProperty("rows", file.rows());
      json.addProperty("skipped", file.skipped());
      data.add(json);
    }
    return data;
  }

  private static String name(RunReport report) {
    Path model = report.recipe().model().getFileName();
    return model == null ? "model" : model.toString();
  }

  private static JsonArray inputs(Origin origin) {
    JsonArray inputs = new JsonArray();
    origin
        .inputs()
        .forEach(
            (path, sha256) -> {
              JsonObject input = new JsonObject();
              input.addProperty("path", path);
              input.addProperty("sha256", sha256);
              inputs.add(input);
            });
    return inputs;
  }

  private static JsonArray units(RunReport report) {
    JsonArray units = new JsonArray();
    for (UnitPlan unit : report.plan().units()) {
      JsonObject json = new JsonObject();
      json.addProperty("id", unit.id());
      json.addProperty("kind", unit.kind());
      json.addProperty("layer", unit.layer());
      json.addProperty("width", unit.width());
      json.addProperty("unit_size", unit.unitSize());
      json.addProperty("kept", unit.kept().length());
      json.addProperty("compensation", report.compensation(unit.id()));
      json.addProperty("ridge", finite(report.ridges().get(unit.id())));
      units.add(json);
    }
    return units;
  }

  private static JsonArray refitted(RunReport report) {
    JsonArray units = new JsonArray();
    for (String unit : report.refitted()) {
      JsonObject json = new JsonObject();
      json.addProperty("id", unit);
      json.addProperty("compensation", report.compensation(unit));
      json.addProperty("ridge", finite(report.ridges().get(unit)));
      units.add(json);
    }
    return units;
  }

  private static JsonArray networks(RunReport report) {
    JsonArray networks = new JsonArray();
    report
        .networks()
        .forEach(
            (unit, maps) -> {
              JsonObject json = new JsonObject();
              json.addProperty("unit", unit);
              NetworkJson.of(maps, report.recipe().networks(), report.supports(unit))
                  .asMap()
                  .forEach(json::add);
              networks.add(json);
            });
    return networks;
  }

  private static JsonObject equivalence(Equivalence equivalence) {
    JsonObject json = new JsonObject();
    json.addProperty("max_abs_diff", finite(equivalence.maxAbsDiff()));
    json.addProperty("tolerance", equivalence.tolerance());
    json.addProperty("passed", equivalence.passed());
    json.addProperty("batches", equivalence.batches());
    json.addProperty("outputs", equivalence.outputs());
    json.addProperty("cached_steps", equivalence.cachedSteps());
    return json;
  }
}
