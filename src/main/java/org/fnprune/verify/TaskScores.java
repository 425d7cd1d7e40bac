package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import java.util.function.IntFunction;
import org.fnprune.common.UsageException;

/**
 * One model's scores on one task.
 *
 * @param task the task's name
 * @param metrics at least one; the first is the one that the gate looks at
 * @param predictions what the model said to each example, for the log
 * @param missing examples for which it said nothing, as its output is NaN; they count as wrong
 */
public record TaskScores(
    String task,
    ImmutableList<MetricScores> metrics,
    IntFunction<JsonElement> predictions,
    int missing) {

  public TaskScores {
    if (metrics.isEmpty()) {
      throw new IllegalArgumentException(task + " has no metrics");
    }
  }

  /** Scores of a model that said something to every example. */
  public TaskScores(
      String task, ImmutableList<MetricScores> metrics, IntFunction<JsonElement> predictions) {
    this(task, metrics, predictions, 0);
  }

  /** Scores without a word on what the model said. */
  public TaskScores(String task, ImmutableList<MetricScores> metrics) {
    this(task, metrics, index -> JsonNull.INSTANCE);
  }

  /**
   * These, if the model said something to every example: of wrong answers that are NaN, no drop can
   * be told.
   *
   * @throws UsageException when it did not
   */
  TaskScores requireAnswers() {
    if (missing > 0) {
      throw new UsageException(
          "task '"
              + task
              + "': the dense model's output is NaN for "
              + missing
              + " of "
              + n()
              + " examples, so that no drop can be measured",
          "look for NaN and overflows in the model with 'fnprune eval --log-samples', or leave the"
              + " examples out");
    }
    return this;
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
