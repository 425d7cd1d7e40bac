package org.fnprune.verify;

import com.google.common.math.Quantiles;
import java.util.List;
import org.apache.commons.math3.distribution.BinomialDistribution;

/**
 * How long runs of one model took, in milliseconds.
 *
 * @param medianMs their median
 * @param p95Ms their 95th percentile
 * @param lowMs lower end of the median's 95% confidence interval
 * @param highMs upper end
 */
public record Timing(double medianMs, double p95Ms, double lowMs, double highMs) {

  private static final double TAIL = 0.025;

  /**
   * Of at least one run. The interval lies between two order statistics, which holds for any
   * distribution (Hahn and Meeker 1991, section 5.2); of fewer than six runs it is their range,
   * which covers less than 95%.
   */
  static Timing of(List<Double> milliseconds) {
    List<Double> sorted = milliseconds.stream().sorted().toList();
    int n = sorted.size();
    int rank =
        Math.max(1, new BinomialDistribution(null, n, 0.5).inverseCumulativeProbability(TAIL));
    return new Timing(
        Quantiles.median().compute(sorted),
        Quantiles.percentiles().index(95).compute(sorted),
        sorted.get(rank - 1),
        sorted.get(n - rank));
  }
}
