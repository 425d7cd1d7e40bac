package org.fnprune.select;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import org.fnprune.linalg.ZScore;

/**
 * A unit's channels from most to least worth keeping. Keeping the first n for any n is the
 * selector's answer to that budget.
 *
 * @param order a permutation of 0 … d − 1, best first
 * @param value the worth of each channel in {@code order}, non-increasing, comparable over units
 */
public record Ranking(ImmutableIntArray order, ImmutableDoubleArray value) {

  public Ranking {
    if (order.length() != value.length()) {
      throw new IllegalArgumentException(
          order.length() + " channels, " + value.length() + " values");
    }
  }

  /** The same order, every value times a factor. */
  public Ranking scaled(double factor) {
    return new Ranking(
        order, ImmutableDoubleArray.copyOf(value.stream().map(worth -> worth * factor)));
  }

  /** The same order, values as z-scores within the unit. */
  Ranking standardised() {
    return new Ranking(order, ImmutableDoubleArray.copyOf(ZScore.of(value.toArray())));
  }

  /** The values of all channels but the best {@code count} together. */
  public double without(int count) {
    return value.subArray(count, value.length()).stream().sum();
  }

  /** The indices of the best {@code count} channels, ascending. */
  public ImmutableIntArray best(int count) {
    return ImmutableIntArray.copyOf(order.subArray(0, count).stream().sorted());
  }
}
