package org.fnprune.verify;

import org.jspecify.annotations.Nullable;

/**
 * One metric of one model on one task, with what each example contributes: enough to recompute it
 * on any choice of examples. Two models' scores of one task pair up example by example.
 */
public sealed interface MetricScores
    permits Proportion, Mean, Perplexity, ClassMetric, Correlation {

  /** The metric's name in reports: {@code accuracy}, {@code macro_f1}, … */
  String metric();

  /** Whether a larger value is a better one. */
  boolean higherIsBetter();

  /** Number of examples. */
  int n();

  /** The metric on all examples. */
  double value();

  /**
   * The metric on some examples.
   *
   * @param rows indices of examples, in any order, with repetitions
   */
  double valueOf(int[] rows);

  /** Whether the metric says something of one example alone. */
  default boolean isOfExamples() {
    return true;
  }

  /**
   * The standard error of {@link #value()} over examples; null when there are too few examples to
   * tell, or the value is not finite.
   *
   * @param seed of the bootstrap, where there is no formula
   */
  @Nullable Double stderr(long seed);
}
