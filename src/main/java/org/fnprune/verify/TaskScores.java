package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import java.util.function.IntFunction;

/**
 * One model's scores on one task.
 *
 * @param task the task's name
 * @param metrics at least one; the first is the one that the gate looks at
 * @param predictions what the model said to each example, for the log
 */
public record TaskScores(
    String task, ImmutableList<MetricScores> metrics, IntFunction<JsonElement> predictions) {

  public TaskScores {
    if (metrics.isEmpty()) {
      throw new IllegalArgumentException(task + " has no metrics");
    }
  }

  /** Scores without a word on what the model said. */
  public TaskScores(String task, ImmutableList<MetricScores> metrics) {
    this(task, metrics, index -> JsonNull.INSTANCE);
  }

  /** Number of examples. */
  public int n() {
    return metrics.get(0).n();
  }

  /**
   * The metrics as printed.
   *
   * @param seed of the bootstrap
   */
  public ImmutableList<MetricResult> results(long seed) {
    return metrics.stream()
        .map(
            m ->
                new MetricResult(
                    task, m.metric(), m.higherIsBetter(), m.value(), m.stderr(seed), m.n()))
        .collect(ImmutableList.toImmutableList());
  }
}
