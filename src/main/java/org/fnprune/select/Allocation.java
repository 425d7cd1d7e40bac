package org.fnprune.select;

import java.util.ArrayList;
import java.util.List;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.Recipe;
import org.fnprune.structure.Structure;

/** Spreads a budget of parameters over units: how many channels each one keeps. */
final class Allocation {

  private Allocation() {}

  /**
   * Kept widths, in the places' order. Each is a multiple of {@code roundTo} or the full width, and
   * at least one block. Units of the first and last protected layers stay whole (layers count by
   * their distinct numbers; a unit of unknown layer, −1, is never protected).
   *
   * @param rankings of the places, in their order; looked at for the global rule only
   * @param parametersToRemove the target; met as closely as the grid of widths allows
   * @throws UsageException when the target is out of reach or too small for one step of the grid
   */
  static List<Integer> widths(
      List<Place> places, List<Ranking> rankings, long parametersToRemove, Recipe.Prune options) {
    check(places, rankings);
    List<Slot> slots = slots(places, options);
    requireReachable(slots, parametersToRemove, options);
    List<Integer> widths =
        switch (options.allocation()) {
          case UNIFORM -> UniformAllocation.widths(slots, parametersToRemove);
          case GLOBAL -> GlobalAllocation.widths(slots, rankings, parametersToRemove);
        };
    if (removed(slots, widths) == 0) {
      throw new UsageException(
          "nothing would be removed: the target of "
              + parametersToRemove
              + " parameters is too small for steps of "
              + options.roundTo()
              + " channels",
          "raise sparsity or lower round_to");
    }
    return widths;
  }

  /**
   * Refuses a target out of reach, before anything is computed.
   *
   * @throws UsageException when it is
   */
  static void requireReachable(Structure structure, long target, Recipe.Prune options) {
    List<Place> places = structure.units().stream().map(Place::of).toList();
    requireReachable(slots(places, options), target, options);
  }

  /**
   * A unit to allocate to.
   *
   * @param fixed whether it must stay whole
   */
  record Slot(WidthGrid grid, long parametersPerChannel, boolean fixed) {

    /** The smallest width it may get. */
    int smallest() {
      return fixed ? grid.width() : grid.smallest();
    }

    /** Parameters that go when {@code kept} channels stay. */
    long removedAt(int kept) {
      return Math.multiplyExact(parametersPerChannel, (long) grid.width() - kept);
    }
  }

  /** Parameters that go at these widths. */
  static long removed(List<Slot> slots, List<Integer> widths) {
    long removed = 0;
    for (int u = 0; u < slots.size(); u++) {
      removed = Math.addExact(removed, slots.get(u).removedAt(widths.get(u)));
    }
    return removed;
  }

  private static List<Slot> slots(List<Place> units, Recipe.Prune options) {
    List<Integer> ordered =
        units.stream().map(Place::layer).filter(layer -> layer >= 0).distinct().sorted().toList();
    int firstOpen = options.protectFirst();
    int pastOpen = ordered.size() - options.protectLast();
    List<Slot> slots = new ArrayList<>();
    for (Place unit : units) {
      int place = ordered.indexOf(unit.layer());
      boolean fixed = unit.layer() >= 0 && (place < firstOpen || place >= pastOpen);
      WidthGrid grid = new WidthGrid(unit.width(), options.roundTo());
      slots.add(new Slot(grid, unit.parametersPerChannel(), fixed));
    }
    return slots;
  }

  private static void requireReachable(List<Slot> slots, long target, Recipe.Prune options) {
    long possible = removed(slots, slots.stream().map(Slot::smallest).toList());
    if (target <= possible) {
      return;
    }
    long all = slots.stream().mapToLong(slot -> slot.removedAt(0)).sum();
    throw new UsageException(
        "cannot remove "
            + target
            + " parameters: at most "
            + possible
            + " of the targets' "
            + all
            + (" can go when every unit keeps " + options.roundTo() + " channels, the first ")
            + (options.protectFirst() + " and the last " + options.protectLast())
            + " layers stay whole",
        possible == 0
            ? "lower round_to or protect fewer layers"
            : (options.budget() instanceof Recipe.Budget.Parameters
                    ? "raise parameters"
                    : "lower sparsity to "
                        + Math.floor(1000.0 * possible / all) / 1000
                        + " or less")
                + ", protect fewer layers, or lower round_to");
  }

  private static void check(List<Place> places, List<Ranking> rankings) {
    if (places.size() != rankings.size()) {
      throw new IllegalArgumentException(
          places.size() + " units, " + rankings.size() + " rankings");
    }
    for (int u = 0; u < places.size(); u++) {
      if (places.get(u).width() != rankings.get(u).order().length()) {
        throw new IllegalArgumentException(
            places.get(u).id()
                + " has "
                + places.get(u).width()
                + " channels, its ranking "
                + rankings.get(u).order().length());
      }
    }
  }
}
