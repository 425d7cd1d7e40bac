package org.fnprune.report;

import static org.fnprune.report.MaskedScores.finite;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.fnprune.network.NetworkJson;
import org.fnprune.recipe.RecipeWriter;
import org.fnprune.select.UnitPlan;
import org.fnprune.verify.Comparison;
import org.fnprune.verify.Equivalence;
import org.fnprune.verify.Gate;
import org.fnprune.verify.LatencyResult;
import org.fnprune.verify.MetricResult;
import org.jspecify.annotations.Nullable;

/** {@code report.json} (schema 1). */
public final class ReportJson {

  private ReportJson() {}

  /** The document. */
  public static JsonObject of(RunReport report) {
    JsonObject tool = MaskedScores.tool(report.origin().version());
    tool.addProperty("java", report.origin().java());
    tool.addProperty("onnxruntime", report.origin().onnxRuntime());
    JsonObject model = new JsonObject();
    model.add("dense", model(report.dense()));
    model.add("slim", model(report.slim()));
    JsonObject document = new JsonObject();
    document.addProperty("schema", 1);
    document.add("tool", tool);
    document.addProperty("name", name(report));
    document.add("command", MaskedScores.strings(report.origin().command()));
    document.addProperty("seed", report.recipe().seed());
    document.addProperty("recipe", RecipeWriter.toYaml(report.recipe()));
    document.addProperty("device", report.device());
    document.add("inputs", inputs(report.origin()));
    document.add("model", model);
    document.addProperty("sparsity", report.sparsity());
    document.add("units", units(report));
    document.add("refitted", refitted(report));
    document.add("networks", networks(report));
    document.add("selection", SelectionJson.of(report.selection()));
    document.add("equivalence", equivalence(report.equivalence()));
    document.add("tasks", tasks(report));
    document.add("latency", latency(report));
    document.add("gate", gate(report));
    JsonObject timings = new JsonObject();
    report.timings().forEach(timings::addProperty);
    document.add("timings", timings);
    document.add("warnings", MaskedScores.strings(report.warnings()));
    return document;
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

  private static JsonObject model(RunReport.ModelFacts facts) {
    JsonObject json = new JsonObject();
    json.addProperty("path", facts.path());
    json.addProperty("parameters", facts.parameters());
    json.addProperty("bytes", facts.bytes());
    json.addProperty("sha256", facts.sha256());
    return json;
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

  private static JsonArray tasks(RunReport report) {
    JsonArray tasks = new JsonArray();
    for (Comparison task : report.tasks()) {
      JsonObject json = new JsonObject();
      json.addProperty("name", task.task());
      json.addProperty("metric", task.metric());
      json.addProperty("higher_is_better", task.higherIsBetter());
      json.addProperty("dense", finite(task.dense()));
      json.addProperty("slim", finite(task.slim()));
      json.addProperty("delta", finite(task.delta()));
      json.addProperty("stderr", finite(task.stderr()));
      json.addProperty("n", task.n());
      json.addProperty("p_value", finite(task.pValue()));
      json.addProperty("dense_stderr", stderr(report.alone().dense(), task));
      json.addProperty("slim_stderr", stderr(report.alone().slim(), task));
      tasks.add(json);
    }
    return tasks;
  }

  private static @Nullable Double stderr(List<MetricResult> results, Comparison task) {
    for (MetricResult result : results) {
      if (result.task().equals(task.task()) && result.metric().equals(task.metric())) {
        return finite(result.stderr());
      }
    }
    return null;
  }

  private static JsonArray latency(RunReport report) {
    JsonArray latency = new JsonArray();
    for (LatencyResult result : report.latency()) {
      JsonObject json = new JsonObject();
      json.addProperty("batch_size", result.batchSize());
      json.addProperty("sequence_length", result.sequenceLength());
      json.addProperty("dense_ms", result.denseMs());
      json.addProperty("slim_ms", result.slimMs());
      json.addProperty("dense_p95_ms", result.denseP95Ms());
      json.addProperty("slim_p95_ms", result.slimP95Ms());
      json.addProperty("speedup", result.speedup());
      json.addProperty("runs", result.runs());
      latency.add(json);
    }
    return latency;
  }

  private static JsonObject gate(RunReport report) {
    Gate gate = report.gate();
    JsonObject json = new JsonObject();
    json.addProperty("passed", gate.passed());
    JsonArray reasons = new JsonArray();
    gate.reasons().forEach(reasons::add);
    json.add("reasons", reasons);
    json.addProperty("max_drop", report.recipe().verify().maxDrop());
    return json;
  }
}
