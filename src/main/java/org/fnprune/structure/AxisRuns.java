package org.fnprune.structure;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which neighbouring axes become which when values stay at their places in memory: the shortest
 * runs of axes with equal products.
 *
 * @param before sizes before
 * @param after sizes after
 * @param runs the runs, outermost first
 */
record AxisRuns(ImmutableList<Size> before, ImmutableList<Size> after, ImmutableList<Run> runs) {

  /** Axes {@code from} … {@code to − 1}, counted from the front, of both sides. */
  record Run(int from, int to, int fromAfter, int toAfter) {

    Run reversed() {
      return new Run(fromAfter, toAfter, from, to);
    }
  }

  static AxisRuns of(ImmutableList<Size> before, ImmutableList<Size> after) {
    Deque<Run> runs = new ArrayDeque<>();
    int i = before.size();
    int j = after.size();
    while (i > 0 || j > 0) {
      int to = i;
      int toAfter = j;
      Size left = Size.of(1);
      Size right = Size.of(1);
      boolean closed = false;
      while (!closed && (i > 0 || j > 0)) {
        if (i > 0 && (j == 0 || isBehind(left, right, to - i, toAfter - j))) {
          left = left.times(before.get(--i));
        } else {
          right = right.times(after.get(--j));
        }
        closed = left.equals(right) && i < to && j < toAfter;
      }
      runs.addFirst(new Run(i, to, j, toAfter));
    }
    return new AxisRuns(before, after, ImmutableList.copyOf(runs));
  }

  /** Whether the next axis to take is one of the left side. */
  private static boolean isBehind(Size left, Size right, int taken, int takenAfter) {
    if (taken == 0 || takenAfter == 0) {
      return taken <= takenAfter && taken == 0;
    }
    return right.dividedBy(left).isPresent();
  }

  AxisRuns reversed() {
    return new AxisRuns(
        after, before, runs.stream().map(Run::reversed).collect(ImmutableList.toImmutableList()));
  }

  /**
   * Where channels on the axes before are after.
   *
   * @throws Blocked when they cannot be followed
   */
  ChannelLayout forward(ChannelLayout layout, Reach reach) {
    List<Integer> axes = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    ChannelLayout spread = layout;
    for (Run run : runs) {
      if (touches(run, layout)) {
        spread = replaced(spread, run, axes, sizes, reach);
      }
    }
    return new ChannelLayout(
            ImmutableIntArray.copyOf(axes), ImmutableIntArray.copyOf(sizes), spread.ids())
        .simplified();
  }

  private boolean touches(Run run, ChannelLayout layout) {
    return IntStream.range(run.from(), run.to()).anyMatch(i -> layout.isOn(i - before.size()));
  }

  /** Makes the layout span every axis of a run, so that its ids are those of the axes after. */
  private ChannelLayout replaced(
      ChannelLayout layout, Run run, List<Integer> axes, List<Integer> sizes, Reach reach) {
    if (!product(before, run.from(), run.to())
        .equals(product(after, run.fromAfter(), run.toAfter()))) {
      throw unproved(reach);
    }
    ChannelLayout spread = layout;
    int known = 1;
    for (int i = run.from(); i < run.to(); i++) {
      int axis = i - before.size();
      Size size = before.get(i);
      boolean outermost = i == run.from();
      if (!size.isKnown() && !outermost) {
        throw unproved(reach);
      }
      int positions = positions(size, reach);
      if (layout.isOn(axis) && layout.size(axis) != positions) {
        throw unproved(reach);
      }
      if (!layout.isOn(axis)) {
        if ((long) spread.ids().length() * positions > ChannelLayout.MOST) {
          throw unproved(reach);
        }
        spread = Spreading.over(spread, axis, positions);
      }
      known *= positions;
    }
    int left = known;
    for (int j = run.fromAfter(); j < run.toAfter(); j++) {
      Size size = after.get(j);
      if (!size.isKnown() && j > run.fromAfter()) {
        throw unproved(reach);
      }
      int positions = positions(size, reach);
      if (positions < 1 || left % positions != 0) {
        throw unproved(reach);
      }
      left /= positions;
      axes.add(j - after.size());
      sizes.add(positions);
    }
    if (left != 1) {
      throw unproved(reach);
    }
    return spread;
  }

  private int positions(Size size, Reach reach) {
    if (size.factor() < 1 || size.factor() > ChannelLayout.MOST) {
      throw unproved(reach);
    }
    return (int) size.factor();
  }

  private static Size product(ImmutableList<Size> sizes, int from, int to) {
    return sizes.subList(from, to).stream().reduce(Size.of(1), Size::times);
  }

  private Blocked unproved(Reach reach) {
    return reach.blocked(
        "makes "
            + after
            + " of "
            + before
            + ", which cannot be proved to keep the "
            + reach.channels());
  }
}
