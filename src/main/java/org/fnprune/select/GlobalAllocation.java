package org.fnprune.select;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.fnprune.select.Allocation.Slot;

/**
 * Removes the least valued channels wherever they are, a block at a time:
 *
 * <ol>
 *   <li>every unit offers the last channels of its ranking, down to its next width in the grid, at
 *       their mean value
 *   <li>take the cheapest offer if it brings the total closer to the target, and let that unit make
 *       its next; else the unit is done
 * </ol>
 *
 * <p>Of equal offers the unit that keeps the larger fraction goes first, then the earlier one.
 */
final class GlobalAllocation {

  private GlobalAllocation() {}

  /** Unit {@code unit} could go from {@code from} to {@code to} channels. */
  private record Offer(int unit, int from, int to, double value, double keptFraction) {}

  private static final Comparator<Offer> CHEAPEST_FIRST =
      Comparator.comparingDouble(Offer::value)
          .thenComparing(Comparator.comparingDouble(Offer::keptFraction).reversed())
          .thenComparingInt(Offer::unit);

  static List<Integer> widths(Removal removal, List<Ranking> rankings, long target) {
    List<Integer> whole = removal.slots().stream().map(slot -> slot.grid().width()).toList();
    return widths(removal, rankings, target, whole);
  }

  /**
   * The same with units that have lost channels already.
   *
   * @param start the widths to begin with
   */
  static List<Integer> widths(
      Removal removal, List<Ranking> rankings, long target, List<Integer> start) {
    List<Slot> slots = removal.slots();
    List<Integer> widths = new ArrayList<>(start);
    PriorityQueue<Offer> offers = new PriorityQueue<>(CHEAPEST_FIRST);
    for (int u = 0; u < slots.size(); u++) {
      offer(u, widths.get(u), slots, rankings, offers);
    }
    long missing = target - removal.at(widths);
    for (Offer best = offers.poll(); best != null; best = offers.poll()) {
      widths.set(best.unit(), best.to());
      long left = target - removal.at(widths);
      if (Math.abs(left) >= Math.abs(missing)) {
        widths.set(best.unit(), best.from());
      } else {
        missing = left;
        offer(best.unit(), best.to(), slots, rankings, offers);
      }
    }
    return List.copyOf(widths);
  }

  private static void offer(
      int unit, int from, List<Slot> slots, List<Ranking> rankings, PriorityQueue<Offer> offers) {
    Slot slot = slots.get(unit);
    int to = slot.grid().below(from);
    if (to < slot.smallest() || to == from) {
      return;
    }
    double value = rankings.get(unit).value().subArray(to, from).stream().average().orElseThrow();
    offers.add(new Offer(unit, from, to, value, (double) from / slot.grid().width()));
  }
}
