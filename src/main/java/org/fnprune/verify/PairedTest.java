package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.jspecify.annotations.Nullable;

/**
 * Compares two models example by example: exact McNemar for shares of right answers, a seeded
 * paired bootstrap for everything else.
 */
public final class PairedTest {

  private PairedTest() {}

  /**
   * Compares all metrics of one task.
   *
   * @param seed of the bootstrap
   * @throws IllegalArgumentException when the two are not scores of the same examples
   */
  public static ImmutableList<Comparison> compare(TaskScores dense, TaskScores slim, long seed) {
    if (!dense.task().equals(slim.task()) || dense.metrics().size() != slim.metrics().size()) {
      throw new IllegalArgumentException(dense.task() + " compared with " + slim.task());
    }
    ImmutableList.Builder<Comparison> comparisons = ImmutableList.builder();
    for (int i = 0; i < dense.metrics().size(); i++) {
      comparisons.add(compare(dense.task(), dense.metrics().get(i), slim.metrics().get(i), seed));
    }
    return comparisons.build();
  }

  private static Comparison compare(String task, MetricScores dense, MetricScores slim, long seed) {
    if (dense.n() != slim.n() || !dense.metric().equals(slim.metric())) {
      throw new IllegalArgumentException(
          dense.n()
              + " examples of "
              + dense.metric()
              + " and "
              + slim.n()
              + " of "
              + slim.metric());
    }
    Difference difference =
        dense instanceof Proportion a && slim instanceof Proportion b
            ? proportions(a.correct(), b.correct())
            : bootstrap(dense, slim, seed);
    return new Comparison(
        task,
        dense.metric(),
        dense.higherIsBetter(),
        dense.value(),
        slim.value(),
        slim.value() - dense.value(),
        dense.n() < 2 ? null : difference.stderr,
        dense.n(),
        difference.pValue);
  }

  private record Difference(@Nullable Double stderr, @Nullable Double pValue) {}

  private static Difference proportions(ImmutableIntArray dense, ImmutableIntArray slim) {
    int n = dense.length();
    int lost = 0;
    int won = 0;
    for (int i = 0; i < n; i++) {
      lost += dense.get(i) > slim.get(i) ? 1 : 0;
      won += dense.get(i) < slim.get(i) ? 1 : 0;
    }
    double mean = (won - lost) / (double) n;
    double variance = (won + lost - n * mean * mean) / (n - 1.0);
    return new Difference(Math.sqrt(variance / n), mcNemar(lost, won));
  }

  /**
   * McNemar's exact test, two-sided: under "no difference" each example on which the models
   * disagree is a fair coin.
   *
   * @param lost examples that only the dense model got right
   * @param won examples that only the slim model got right
   */
  static double mcNemar(int lost, int won) {
    BinomialDistribution coin = new BinomialDistribution(null, lost + won, 0.5);
    // Summed term by term: the library's cumulative probability is 0 far out in the tail.
    double tail =
        IntStream.rangeClosed(0, Math.min(lost, won)).mapToDouble(coin::probability).sum();
    return Math.min(1, 2 * tail);
  }

  private static Difference bootstrap(MetricScores dense, MetricScores slim, long seed) {
    double[] deltas = Bootstrap.deltas(dense, slim, seed);
    return new Difference(Bootstrap.stderr(deltas), Bootstrap.pValue(deltas));
  }
}
