package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;
import org.fnprune.verify.Comparison;
import org.fnprune.verify.MetricResult;
import org.jspecify.annotations.Nullable;

/** Scores of masked models in JSON and CSV, as lesions and sweeps have them. */
final class MaskedScores {

  /** The last columns of both CSV files. */
  static final ImmutableList<String> COLUMNS =
      ImmutableList.of(
          "task",
          "metric",
          "higher_is_better",
          "dense",
          "masked",
          "delta",
          "stderr",
          "n",
          "p_value");

  private MaskedScores() {}

  static JsonObject tool(String version) {
    JsonObject tool = new JsonObject();
    tool.addProperty("name", "fnprune");
    tool.addProperty("version", version);
    return tool;
  }

  static JsonArray units(Structure structure) {
    JsonArray units = new JsonArray();
    for (PrunableUnit unit : structure.units()) {
      JsonObject json = new JsonObject();
      json.addProperty("id", unit.id());
      json.addProperty("kind", unit.kind().label());
      json.addProperty("layer", unit.layer());
      json.addProperty("neurons", unit.positions());
      json.addProperty("unit_size", unit.unitSize());
      units.add(json);
    }
    return units;
  }

  static JsonArray dense(List<MetricResult> results) {
    JsonArray tasks = new JsonArray();
    for (MetricResult result : results) {
      JsonObject json = new JsonObject();
      json.addProperty("name", result.task());
      json.addProperty("metric", result.metric());
      json.addProperty("higher_is_better", result.higherIsBetter());
      json.addProperty("value", finite(result.value()));
      json.addProperty("stderr", finite(result.stderr()));
      json.addProperty("n", result.n());
      tasks.add(json);
    }
    return tasks;
  }

  static JsonArray tasks(List<Comparison> comparisons) {
    JsonArray tasks = new JsonArray();
    for (Comparison task : comparisons) {
      JsonObject json = new JsonObject();
      json.addProperty("name", task.task());
      json.addProperty("metric", task.metric());
      json.addProperty("masked", finite(task.slim()));
      json.addProperty("delta", finite(task.delta()));
      json.addProperty("stderr", finite(task.stderr()));
      json.addProperty("n", task.n());
      json.addProperty("p_value", finite(task.pValue()));
      tasks.add(json);
    }
    return tasks;
  }

  static JsonArray strings(List<String> texts) {
    JsonArray array = new JsonArray();
    texts.forEach(array::add);
    return array;
  }

  /** The cells of {@link #COLUMNS}. */
  static List<@Nullable Object> cells(Comparison task) {
    List<@Nullable Object> cells = new ArrayList<>();
    cells.add(task.task());
    cells.add(task.metric());
    cells.add(task.higherIsBetter());
    cells.add(task.dense());
    cells.add(task.slim());
    cells.add(task.delta());
    cells.add(task.stderr());
    cells.add(task.n());
    cells.add(task.pValue());
    return cells;
  }

  /** The places of each task's first metric, the one that the gate looks at. */
  static ImmutableList<Integer> first(List<MetricResult> dense) {
    Set<String> seen = new HashSet<>();
    ImmutableList.Builder<Integer> first = ImmutableList.builder();
    for (int i = 0; i < dense.size(); i++) {
      if (seen.add(dense.get(i).task())) {
        first.add(i);
      }
    }
    return first.build();
  }

  /** JSON has no NaN and no infinities: null stands for them. */
  static @Nullable Double finite(@Nullable Double value) {
    return value == null || !Double.isFinite(value) ? null : value;
  }
}
