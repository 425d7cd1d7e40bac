package org.fnprune.select;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.fnprune.select.Allocation.Slot;

/**
 * The same fraction of every unit, rounded by largest remainder:
 *
 * <ol>
 *   <li>find the fraction that removes the target when widths need not be whole
 *   <li>round every width down to the grid, which removes too much
 *   <li>give blocks back, the unit that lost most of a block by rounding first, earlier units first
 *       among equals, wherever that brings the total closer to the target; on a tie the smaller
 *       model stays
 *   <li>where steps differ, as those of heads and neurons do, go on giving back small ones while
 *       that helps
 * </ol>
 */
final class UniformAllocation {

  private static final int HALVINGS = 100;

  /** Channels; keeps a width that is a whole number but for rounding on its place in the grid. */
  private static final double ROUNDING = 1e-6;

  private UniformAllocation() {}

  static List<Integer> widths(Removal removal, long target) {
    List<Slot> slots = removal.slots();
    double fraction = fraction(removal, target);
    List<Integer> widths = new ArrayList<>();
    double[] remainder = new double[slots.size()];
    for (int u = 0; u < slots.size(); u++) {
      WidthGrid grid = slots.get(u).grid();
      double ideal = ideal(slots.get(u), fraction);
      int width = Math.max(grid.atMost(ideal + ROUNDING), slots.get(u).smallest());
      remainder[u] = (ideal - width) / Math.max(grid.above(width) - width, 1);
      widths.add(width);
    }
    giveBack(removal, widths, remainder, target);
    return List.copyOf(widths);
  }

  private static void giveBack(
      Removal removal, List<Integer> widths, double[] remainder, long target) {
    long excess = removal.at(widths) - target;
    List<Integer> order =
        IntStream.range(0, widths.size())
            .boxed()
            .sorted(Comparator.comparingDouble((Integer u) -> -remainder[u]))
            .toList();
    for (boolean closer = true; closer; ) {
      closer = false;
      for (int u : order) {
        int narrow = widths.get(u);
        widths.set(u, removal.slots().get(u).grid().above(narrow));
        long left = removal.at(widths) - target;
        if (Math.abs(left) < Math.abs(excess)) {
          excess = left;
          closer = true;
        } else {
          widths.set(u, narrow);
        }
      }
    }
  }

  /** The kept width at {@code fraction}, not rounded. */
  private static double ideal(Slot slot, double fraction) {
    return Math.max(slot.grid().width() * (1 - fraction), slot.smallest());
  }

  /** Bisects the fraction; units that reach their smallest width leave the rest to the others. */
  private static double fraction(Removal removal, long target) {
    double low = 0;
    double high = 1;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      double[] widths = removal.slots().stream().mapToDouble(slot -> ideal(slot, middle)).toArray();
      if (removal.at(widths) < target) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }
}
