package org.fnprune.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import org.fnprune.verify.Comparison;
import org.fnprune.verify.Gate;
import org.fnprune.verify.LatencyResult;
import org.fnprune.verify.MetricResult;
import org.jspecify.annotations.Nullable;

/** Two models side by side, in JSON. */
public final class ComparisonJson {

  private ComparisonJson() {}

  /** Dense and slim. */
  public static JsonObject models(RunReport.ModelFacts dense, RunReport.ModelFacts slim) {
    JsonObject model = new JsonObject();
    model.add("dense", model(dense));
    model.add("slim", model(slim));
    return model;
  }

  private static JsonObject model(RunReport.ModelFacts facts) {
    JsonObject json = new JsonObject();
    json.addProperty("path", facts.path());
    json.addProperty("parameters", facts.parameters());
    json.addProperty("bytes", facts.bytes());
    json.addProperty("sha256", facts.sha256());
    return json;
  }

  /**
   * Every metric of every task.
   *
   * @param alone each model's scores by itself
   */
  public static JsonArray tasks(List<Comparison> comparisons, RunReport.Alone alone) {
    JsonArray tasks = new JsonArray();
    for (Comparison task : comparisons) {
      JsonObject json = new JsonObject();
      json.addProperty("name", task.task());
      json.addProperty("metric", task.metric());
      json.addProperty("higher_is_better", task.higherIsBetter());
      json.addProperty("dense", MaskedScores.finite(task.dense()));
      json.addProperty("slim", MaskedScores.finite(task.slim()));
      json.addProperty("delta", MaskedScores.finite(task.delta()));
      json.addProperty("stderr", MaskedScores.finite(task.stderr()));
      json.addProperty("n", task.n());
      json.addProperty("p_value", MaskedScores.finite(task.pValue()));
      json.addProperty("dense_stderr", stderr(alone.dense(), task));
      json.addProperty("slim_stderr", stderr(alone.slim(), task));
      tasks.add(json);
    }
    return tasks;
  }

  private static @Nullable Double stderr(List<MetricResult> results, Comparison task) {
    for (MetricResult result : results) {
      if (result.task().equals(task.task()) && result.metric().equals(task.metric())) {
        return MaskedScores.finite(result.stderr());
      }
    }
    return null;
  }

  /** Every batch of the grid. */
  public static JsonArray latency(List<LatencyResult> results) {
    JsonArray latency = new JsonArray();
    for (LatencyResult result : results) {
      JsonObject json = new JsonObject();
      json.addProperty("batch_size", result.batchSize());
      json.addProperty("sequence_length", result.sequenceLength());
      json.addProperty("dense_ms", result.dense().medianMs());
      json.addProperty("slim_ms", result.slim().medianMs());
      json.add("dense_ci_ms", interval(result.dense().lowMs(), result.dense().highMs()));
      json.add("slim_ci_ms", interval(result.slim().lowMs(), result.slim().highMs()));
      json.addProperty("dense_p95_ms", result.dense().p95Ms());
      json.addProperty("slim_p95_ms", result.slim().p95Ms());
      json.addProperty("speedup", result.speedup().value());
      json.add("speedup_ci", interval(result.speedup().low(), result.speedup().high()));
      json.addProperty("noisy", result.isNoisy());
      json.addProperty("runs", result.runs());
      result
          .memory()
          .ifPresent(
              memory -> {
                json.addProperty("dense_peak_bytes", memory.denseBytes());
                json.addProperty("slim_peak_bytes", memory.slimBytes());
              });
      latency.add(json);
    }
    return latency;
  }

  private static JsonArray interval(double low, double high) {
    JsonArray interval = new JsonArray();
    interval.add(low);
    interval.add(high);
    return interval;
  }

  /**
   * The gate.
   *
   * @param maxDrop what it allows; null where any loss passes
   */
  public static JsonObject gate(Gate gate, @Nullable Double maxDrop) {
    JsonObject json = new JsonObject();
    json.addProperty("passed", gate.passed());
    JsonArray reasons = new JsonArray();
    gate.reasons().forEach(reasons::add);
    json.add("reasons", reasons);
    json.addProperty("max_drop", maxDrop);
    return json;
  }
}
