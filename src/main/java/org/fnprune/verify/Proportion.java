package org.fnprune.verify;

import com.google.common.primitives.ImmutableIntArray;
import org.jspecify.annotations.Nullable;

/**
 * The share of examples that are right: accuracy or exact match.
 *
 * @param metric its name
 * @param correct 1 or 0 for each example
 */
public record Proportion(String metric, ImmutableIntArray correct) implements MetricScores {

  public Proportion {
    if (correct.isEmpty() || correct.stream().anyMatch(c -> c != 0 && c != 1)) {
      throw new IllegalArgumentException(metric + " needs examples that are 0 or 1");
    }
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public int n() {
    return correct.length();
  }

  @Override
  public double value() {
    return correct.stream().sum() / (double) n();
  }

  @Override
  public double valueOf(int[] rows) {
    int right = 0;
    for (int row : rows) {
      right += correct.get(row);
    }
    return right / (double) rows.length;
  }

  /** sqrt(p(1 − p)/(n − 1)), as lm-evaluation-harness reports it. */
  @Override
  public @Nullable Double stderr(long seed) {
    double p = value();
    return n() < 2 ? null : Math.sqrt(p * (1 - p) / (n() - 1));
  }
}
