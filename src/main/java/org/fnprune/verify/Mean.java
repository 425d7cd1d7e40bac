package org.fnprune.verify;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The mean of a value over examples, or over what examples consist of.
 *
 * @param metric its name
 * @param sums the sum of each example's values
 * @param counts number of values of each example
 */
public record Mean(
    String metric, boolean higherIsBetter, ImmutableDoubleArray sums, ImmutableIntArray counts)
    implements MetricScores {

  public Mean {
    new RatioOfSums(sums, counts);
  }

  /** The mean of one value per example. */
  static Mean of(String metric, boolean higherIsBetter, double... values) {
    int[] ones = new int[values.length];
    Arrays.fill(ones, 1);
    return new Mean(
        metric,
        higherIsBetter,
        ImmutableDoubleArray.copyOf(values),
        ImmutableIntArray.copyOf(ones));
  }

  /** The same metric of a model for which every value is the best that there is. */
  Mean perfect(double best) {
    return new Mean(
        metric,
        higherIsBetter,
        ImmutableDoubleArray.copyOf(counts.stream().mapToDouble(c -> best * c)),
        counts);
  }

  @Override
  public int n() {
    return sums.length();
  }

  @Override
  public double value() {
    return ratio().value();
  }

  @Override
  public double valueOf(int[] rows) {
    return ratio().valueOf(rows);
  }

  @Override
  public @Nullable Double stderr(long seed) {
    return ratio().stderr();
  }

  private RatioOfSums ratio() {
    return new RatioOfSums(sums, counts);
  }
}
