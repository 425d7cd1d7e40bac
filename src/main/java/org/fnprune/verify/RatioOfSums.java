package org.fnprune.verify;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import org.jspecify.annotations.Nullable;

/**
 * A mean over units (tokens, words, bytes) that come in examples of several: Σ sums / Σ counts.
 *
 * @param sums of each example's units
 * @param counts of each example's units; an example may have none, but not all
 */
record RatioOfSums(ImmutableDoubleArray sums, ImmutableIntArray counts) {

  RatioOfSums {
    if (sums.isEmpty() || sums.length() != counts.length()) {
      throw new IllegalArgumentException(sums.length() + " sums of " + counts.length() + " counts");
    }
    if (counts.stream().anyMatch(c -> c < 0) || counts.stream().allMatch(c -> c == 0)) {
      throw new IllegalArgumentException("examples without anything to count");
    }
  }

  int n() {
    return sums.length();
  }

  double value() {
    return sums.stream().sum() / total();
  }

  double valueOf(int[] rows) {
    double sum = 0;
    long count = 0;
    for (int row : rows) {
      sum += sums.get(row);
      count += counts.get(row);
    }
    return sum / count;
  }

  /**
   * The standard error of the ratio R = ΣL/ΣT over examples: its variance is n/(n − 1) · Σ(L_i −
   * R·T_i)² / (ΣT)² (Cochran, Sampling Techniques, ch. 6). Null when there is one example, or R is
   * not finite.
   */
  @Nullable Double stderr() {
    double mean = value();
    if (n() < 2 || !Double.isFinite(mean)) {
      return null;
    }
    double squares = 0;
    for (int i = 0; i < n(); i++) {
      double residual = sums.get(i) - mean * counts.get(i);
      squares += residual * residual;
    }
    return Math.sqrt(squares * n() / (n() - 1.0)) / total();
  }

  private long total() {
    return counts.stream().asLongStream().sum();
  }
}
