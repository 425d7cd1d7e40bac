package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether the slim model is good enough. Each task's first metric counts: its absolute drop where
 * higher is better, its relative rise for perplexity ({@link Comparison#drop()}).
 *
 * @param passed whether no task lost too much
 * @param reasons why not, one sentence per task that did; empty when passed
 */
public record Gate(boolean passed, ImmutableList<String> reasons) {

  /** So that a drop from 0.90 to 0.89 is not more than 0.01 because of rounding. */
  private static final double ROUNDING = 1e-9;

  public Gate {
    if (passed != reasons.isEmpty()) {
      throw new IllegalArgumentException("passed " + passed + " with reasons " + reasons);
    }
  }

  /**
   * Checks all tasks. A value that is not a number never passes, with or without a limit.
   *
   * @param maxDrop the largest loss that passes; null when any loss does
   */
  public static Gate check(List<Comparison> comparisons, @Nullable Double maxDrop) {
    ImmutableList.Builder<String> reasons = ImmutableList.builder();
    Set<String> tasks = new HashSet<>();
    for (Comparison comparison : comparisons) {
      if (!tasks.add(comparison.task())) {
        continue;
      }
      String name = comparison.task() + ": " + comparison.metric();
      if (!Double.isFinite(comparison.slim())) {
        reasons.add(name + " of the slim model is " + comparison.slim());
      } else if (maxDrop != null && !(comparison.drop() <= maxDrop + ROUNDING)) {
        reasons.add(name + reason(comparison, maxDrop));
      }
    }
    ImmutableList<String> found = reasons.build();
    return new Gate(found.isEmpty(), found);
  }

  private static String reason(Comparison comparison, double maxDrop) {
    return comparison.higherIsBetter()
        ? String.format(
            Locale.ROOT,
            " fell from %.4f to %.4f, by %.4f; allowed: %s",
            comparison.dense(),
            comparison.slim(),
            comparison.drop(),
            maxDrop)
        : String.format(
            Locale.ROOT,
            " rose from %.4f to %.4f, by %.2f%%; allowed: %s%%",
            comparison.dense(),
            comparison.slim(),
            100 * comparison.drop(),
            String.format(Locale.ROOT, "%.4g", 100 * maxDrop));
  }
}
