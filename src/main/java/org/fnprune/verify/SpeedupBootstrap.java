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
    int n = dense.size();
    double[] ratios = new double[RESAMPLES];
    double[] a = new double[n];
    double[] b = new double[n];
    for (int r = 0; r < RESAMPLES; r++) {
      for (int i = 0; i < n; i++) {
        int drawn = random.nextInt(n);
        a[i] = dense.get(drawn);
        b[i] = slim.get(drawn);
      }
      ratios[r] = Quantiles.median().compute(a) / Quantiles.median().compute(b);
    }
    Arrays.sort(ratios);
    int tail = RESAMPLES / 40;
    return new LatencyResult.Speedup(
        Quantiles.median().compute(dense) / Quantiles.median().compute(slim),
        ratios[tail - 1],
        ratios[RESAMPLES - tail]);
  }
}
