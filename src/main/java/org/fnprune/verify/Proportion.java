package org.fnprune.verify;

import com.google.common.primitives.ImmutableIntArray;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
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

  /** Where the prediction is the truth. */
  static Proportion ofEqual(String metric, ImmutableIntArray gold, ImmutableIntArray predicted) {
    return of(metric, gold.length(), i -> gold.get(i) == predicted.get(i));
  }

  /** Where the condition holds. */
  static Proportion of(String metric, int n, IntPredicate correct) {
    return new Proportion(
        metric, ImmutableIntArray.copyOf(IntStream.range(0, n).map(i -> correct.test(i) ? 1 : 0)));
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
