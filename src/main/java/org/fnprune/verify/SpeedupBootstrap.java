package org.fnprune.verify;

import com.google.common.math.Quantiles;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** A confidence interval of the ratio of two medians, by resampling pairs of runs (seeded). */
final class SpeedupBootstrap {

  private static final int RESAMPLES = 1000;
  private static final long SEED = 42;

  private SpeedupBootstrap() {}

  /**
   * Dense over slim, with the percentile interval of 95%.
   *
   * @param dense milliseconds of each run
   * @param slim of the run beside it
   */
  static LatencyResult.Speedup of(List<Double> dense, List<Double> slim) {
    SplittableRandom random = new SplittableRandom(SEED);
    double[] ratios = new double[RESAMPLES];
    int[] rows = new int[dense.size()];
    for (int r = 0; r < RESAMPLES; r++) {
      Bootstrap.draw(random, rows);
      ratios[r] = median(dense, rows) / median(slim, rows);
    }
    Arrays.sort(ratios);
    int tail = RESAMPLES / 40;
    return new LatencyResult.Speedup(
        Quantiles.median().compute(dense) / Quantiles.median().compute(slim),
        ratios[tail - 1],
        ratios[RESAMPLES - tail]);
  }

  private static double median(List<Double> times, int[] rows) {
    return Quantiles.median().compute(Arrays.stream(rows).mapToDouble(times::get).toArray());
  }
}
