package org.fnprune.data;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.fnprune.recipe.Sampling;

/**
 * Takes as many of the things that come by as are wanted, and never holds more. Random ones are
 * drawn by Vitter's algorithm R: the n-th thing takes a random place among n, and stays if that
 * place is within the limit.
 */
final class Reservoir<T> {

  /** A thing and its place among all. */
  private record Held<T>(long place, T item) {}

  private final ReadOptions options;
  private final SplittableRandom random;
  private final List<Held<T>> held = new ArrayList<>();
  private long seen;

  Reservoir(ReadOptions options) {
    this.options = options;
    this.random = new SplittableRandom(options.seed());
  }

  /** Whether nothing that may come can change anything. */
  boolean full() {
    return options.limit() > 0
        && options.sampling() == Sampling.FIRST
        && held.size() >= options.limit();
  }

  void add(T item) {
    Held<T> next = new Held<>(seen++, item);
    if (options.limit() == 0 || held.size() < options.limit()) {
      held.add(next);
      return;
    }
    long place = full() ? Long.MAX_VALUE : random.nextLong(seen);
    if (place < held.size()) {
      held.set((int) place, next);
    }
  }

  /** Those that were taken, in the order in which they came. */
  ImmutableList<T> items() {
    return held.stream()
        .sorted(Comparator.comparingLong(Held::place))
        .map(Held::item)
        .collect(ImmutableList.toImmutableList());
  }
}
