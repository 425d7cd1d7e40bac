package org.fnprune.report;

import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Objects;
import org.fnprune.report.StoredReport.Facts;
import org.fnprune.report.StoredReport.TaskRow;
import org.jspecify.annotations.Nullable;

/**
 * Task results as lm-evaluation-harness 0.4 writes them, for tools that read those: a metric is
 * {@code NAME,none} (no filter), its standard error {@code NAME_stderr,none}, "N/A" where it is
 * unknown.
 */
public final class ResultsJson {

  /** The harness's names of metrics that have another one here. */
  private static final ImmutableMap<String, String> NAMES =
      ImmutableMap.of("accuracy", "acc", "macro_f1", "f1", "matthews", "mcc");

  private final JsonObject results = new JsonObject();
  private final JsonObject subtasks = new JsonObject();
  private final JsonObject configs = new JsonObject();
  private final JsonObject versions = new JsonObject();
  private final JsonObject shots = new JsonObject();
  private final JsonObject better = new JsonObject();
  private final JsonObject samples = new JsonObject();

  private ResultsJson() {}

  /** The slim model's results. */
  public static JsonObject ofSlim(StoredReport report) {
    ResultsJson json = new ResultsJson();
    report.tasks().forEach(task -> json.add(task, task.slim(), task.slimStderr()));
    return json.document(report, report.model().slim());
  }

  /** The dense model's results, of the same run. */
  public static JsonObject ofDense(StoredReport report) {
    ResultsJson json = new ResultsJson();
    report.tasks().forEach(task -> json.add(task, task.dense(), task.denseStderr()));
    return json.document(report, report.model().dense());
  }

  private void add(TaskRow task, @Nullable Double value, @Nullable Double stderr) {
    String metric = Objects.requireNonNullElse(NAMES.get(task.metric()), task.metric());
    if (!results.has(task.name())) {
      start(task);
    }
    JsonObject result = results.getAsJsonObject(task.name());
    result.addProperty(metric + ",none", value);
    if (stderr == null) {
      result.addProperty(metric + "_stderr,none", "N/A");
    } else {
      result.addProperty(metric + "_stderr,none", stderr);
    }
    better.getAsJsonObject(task.name()).addProperty(metric, task.higherIsBetter());
  }

  private void start(TaskRow task) {
    JsonObject result = new JsonObject();
    result.addProperty("alias", task.name());
    results.add(task.name(), result);
    subtasks.add(task.name(), new JsonArray());
    JsonObject metadata = new JsonObject();
    metadata.addProperty("version", 1.0);
    JsonObject config = new JsonObject();
    config.addProperty("task", task.name());
    config.addProperty("num_fewshot", 0);
    config.add("metadata", metadata);
    configs.add(task.name(), config);
    versions.addProperty(task.name(), 1.0);
    shots.addProperty(task.name(), 0);
    better.add(task.name(), new JsonObject());
    JsonObject count = new JsonObject();
    count.addProperty("original", task.n());
    count.addProperty("effective", task.n());
    samples.add(task.name(), count);
  }

  private JsonObject document(StoredReport report, Facts model) {
    JsonObject config = new JsonObject();
    config.addProperty("model", "onnx");
    config.addProperty("model_args", "pretrained=" + model.path());
    config.addProperty("model_num_parameters", model.parameters());
    config.addProperty("model_sha", model.sha256());
    config.addProperty("device", report.device());
    config.addProperty("limit", (Number) null);
    config.addProperty("random_seed", report.seed());
    JsonObject document = new JsonObject();
    document.add("results", results);
    document.add("group_subtasks", subtasks);
    document.add("configs", configs);
    document.add("versions", versions);
    document.add("n-shot", shots);
    document.add("higher_is_better", better);
    document.add("n-samples", samples);
    document.add("config", config);
    document.addProperty("model_source", "onnx");
    document.addProperty("model_name", report.name());
    document.addProperty("fnprune_version", report.tool().version());
    return document;
  }
}
