package org.fnprune.select;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.fnprune.select.Allocation.Slot;
import org.fnprune.structure.Overlap;

/**
 * Counts the parameters that go at given widths: those of every unit's channels, less those that
 * two units would count.
 *
 * @param slots the units
 * @param overlaps by the slots' numbers
 */
record Removal(ImmutableList<Slot> slots, ImmutableList<Overlap> overlaps) {

  /** Parameters that go at these widths. */
  long at(List<Integer> widths) {
    long removed = 0;
    for (int u = 0; u < slots.size(); u++) {
      removed = Math.addExact(removed, slots.get(u).removedAt(widths.get(u)));
    }
    for (Overlap overlap : overlaps) {
      removed -=
          overlap.twice(
              (long) width(overlap.first()) - widths.get(overlap.first()),
              (long) width(overlap.second()) - widths.get(overlap.second()));
    }
    return removed;
  }

  /** The same for widths that need not be whole. */
  double at(double[] widths) {
    double removed = 0;
    for (int u = 0; u < widths.length; u++) {
      removed += slots.get(u).parametersPerChannel() * (width(u) - widths[u]);
    }
    for (Overlap overlap : overlaps) {
      removed -=
          overlap.twice(
              width(overlap.first()) - widths[overlap.first()],
              width(overlap.second()) - widths[overlap.second()]);
    }
    return removed;
  }

  private int width(int unit) {
    return slots.get(unit).grid().width();
  }
}
