package org.fnprune.verify;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The seeded bootstrap: a metric on examples drawn with replacement. */
final class Bootstrap {

  /** Resamples; the smallest possible p-value is 2/(RESAMPLES + 1). */
  static final int RESAMPLES = 2000;

  private Bootstrap() {}

  /** The metric on each resample. */
  static double[] values(MetricScores scores, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[RESAMPLES];
    int[] rows = new int[scores.n()];
    for (int b = 0; b < RESAMPLES; b++) {
      draw(random, rows);
      values[b] = scores.valueOf(rows);
    }
    return values;
  }

  /** slim − dense on each resample, both on the same examples. */
  static double[] deltas(MetricScores dense, MetricScores slim, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] deltas = new double[RESAMPLES];
    int[] rows = new int[dense.n()];
    for (int b = 0; b < RESAMPLES; b++) {
      draw(random, rows);
      deltas[b] = slim.valueOf(rows) - dense.valueOf(rows);
    }
    return deltas;
  }

  /** The standard deviation over resamples; null when a value is not finite. */
  static @Nullable Double stderr(double[] values) {
    double mean = Arrays.stream(values).average().orElse(0);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    double deviation = Math.sqrt(squares / (values.length - 1));
    return Double.isFinite(deviation) ? deviation : null;
  }

  /**
   * The two-sided p-value of "no difference": twice the smaller share of resamples on either side
   * of zero, each counted with one more so that it is never 0 (Davison and Hinkley 1997, ch. 4).
   * Null when a value is not finite.
   */
  static @Nullable Double pValue(double[] deltas) {
    if (!Arrays.stream(deltas).allMatch(Double::isFinite)) {
      return null;
    }
    long below = Arrays.stream(deltas).filter(d -> d <= 0).count();
    long above = Arrays.stream(deltas).filter(d -> d >= 0).count();
    return Math.min(1, 2.0 * (1 + Math.min(below, above)) / (1 + deltas.length));
  }

  /** As many rows as there are, with replacement. */
  static void draw(SplittableRandom random, int[] rows) {
    for (int i = 0; i < rows.length; i++) {
      rows[i] = random.nextInt(rows.length);
    }
  }
}
