package org.fnprune.verify;

import org.jspecify.annotations.Nullable;

/**
 * One metric of the dense and of the slim model on the same examples; one entry of the report's
 * task list.
 *
 * @param dense the dense model's value
 * @param slim the slim model's value
 * @param delta slim − dense
 * @param stderr standard error of the delta, examples paired; null when it cannot be told
 * @param n number of examples (documents for perplexity)
 * @param pValue two-sided, of "no difference"; null when it cannot be told
 */
public record Comparison(
    String task,
    String metric,
    boolean higherIsBetter,
    double dense,
    double slim,
    double delta,
    @Nullable Double stderr,
    int n,
    @Nullable Double pValue) {

  /**
   * How much was lost: the absolute drop dense − slim where higher is better, the relative rise
   * slim/dense − 1 for perplexity, the absolute one where dense is 0; negative when slim is better.
   */
  public double drop() {
    if (higherIsBetter) {
      return dense - slim;
    }
    return dense == 0 ? slim : slim / dense - 1;
  }
}
