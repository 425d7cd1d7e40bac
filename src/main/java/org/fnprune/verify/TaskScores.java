package org.fnprune.verify;

import com.google.common.collect.ImmutableList;

/**
 * One model's scores on one task.
 *
 * @param task the task's name
 * @param metrics at least one; the first is the one that the gate looks at
 */
public record TaskScores(String task, ImmutableList<MetricScores> metrics) {

  public TaskScores {
    if (metrics.isEmpty()) {
      throw new IllegalArgumentException(task + " has no metrics");
    }
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
