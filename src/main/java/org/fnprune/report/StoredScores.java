package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Scores of masked models as they were read. */
final class StoredScores {

  private StoredScores() {}

  /** A metric of the dense model. */
  public record Dense(String name, String metric, boolean higherIsBetter, @Nullable Double value) {

    /** The metric with the direction in which it is better. */
    String label() {
      return metric + (higherIsBetter ? " ↑" : " ↓");
    }

    double number() {
      return value == null ? Double.NaN : value;
    }
  }

  /** The same metric of a masked model. */
  public record Masked(
      @Nullable Double masked,
      @Nullable Double delta,
      @Nullable Double stderr,
      @Nullable Double pValue) {

    double number() {
      return masked == null ? Double.NaN : masked;
    }
  }

  /** The places of each task's first metric, the one that the gate looks at. */
  static ImmutableList<Integer> first(List<Dense> dense) {
    Set<String> seen = new HashSet<>();
    ImmutableList.Builder<Integer> first = ImmutableList.builder();
    for (int i = 0; i < dense.size(); i++) {
      if (seen.add(dense.get(i).name())) {
        first.add(i);
      }
    }
    return first.build();
  }
}
