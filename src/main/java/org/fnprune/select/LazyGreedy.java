package org.fnprune.select;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Greedy maximisation with diminishing returns, evaluated lazily (Minoux 1978):
 *
 * <ol>
 *   <li>every channel waits with the gain it had when last asked, an upper bound of today's
 *   <li>take the largest bound; if it is today's gain, choose the channel
 *   <li>else ask again and put it back
 * </ol>
 *
 * <p>Of equal gains the lowest index wins, exactly as when all gains are computed each time.
 */
final class LazyGreedy {

  private LazyGreedy() {}

  /**
   * A gain and when it was computed.
   *
   * @param chosen how many channels had been chosen then
   */
  private record Bound(int channel, double gain, int chosen) {}

  private static final Comparator<Bound> BEST_FIRST =
      Comparator.comparingDouble((Bound bound) -> -bound.gain()).thenComparingInt(Bound::channel);

  /** All channels in the order in which greedy takes them, with their gains. */
  static Ranking rank(Coverage coverage) {
    PriorityQueue<Bound> queue = new PriorityQueue<>(Math.max(1, coverage.width()), BEST_FIRST);
    for (int j = 0; j < coverage.width(); j++) {
      queue.add(new Bound(j, coverage.gain(j), 0));
    }
    ImmutableIntArray.Builder order = ImmutableIntArray.builder(coverage.width());
    ImmutableDoubleArray.Builder value = ImmutableDoubleArray.builder(coverage.width());
    int chosen = 0;
    for (Bound top = queue.poll(); top != null; top = queue.poll()) {
      if (top.chosen() == chosen) {
        coverage.add(top.channel());
        order.add(top.channel());
        value.add(top.gain());
        chosen++;
      } else {
        queue.add(new Bound(top.channel(), coverage.gain(top.channel()), chosen));
      }
    }
    return new Ranking(order.build(), value.build());
  }
}
