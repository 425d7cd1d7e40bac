package org.fnprune.select;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.Recipe;
import org.fnprune.structure.Overlap;
import org.fnprune.structure.Structure;
import org.fnprune.structure.UnitKind;

/** Spreads a budget of parameters over units: how many channels each one keeps. */
final class Allocation {

  /** Channels; a limit that is a whole number but for rounding is that number. */
  private static final double ROUNDING = 1e-6;

  private Allocation() {}

  /**
   * Kept widths, in the places' order. Each is at least one channel; that of feed-forward neurons
   * is a multiple of {@code roundTo}, and at least one block, or the full width. Units of the first
   * and last protected layers stay whole (layers count by their distinct numbers; a unit of unknown
   * layer, −1, is never protected).
   *
   * @param overlaps parameters that two of the places count, by their numbers
   * @param rankings of the places, in their order; looked at for the global rule only
   * @param parametersToRemove the target; met as closely as the grid of widths allows
   * @throws UsageException when the target is out of reach or too small for one step of the grid
   */
  static List<Integer> widths(
      List<Place> places,
      List<Overlap> overlaps,
      List<Ranking> rankings,
      long parametersToRemove,
      Recipe.Prune options) {
    check(places, rankings);
    Removal removal = removal(places, overlaps, options);
    requireReachable(removal, parametersToRemove, options);
    List<Integer> widths =
        switch (options.allocationRule()) {
          case UNIFORM -> UniformAllocation.widths(removal, parametersToRemove);
          case GLOBAL, Z_SCORE, SENSITIVITY, CURVATURE ->
              GlobalAllocation.widths(removal, rankings, parametersToRemove);
        };
    if (removal.at(widths) == 0) {
      throw nothing(removal, parametersToRemove, options);
    }
    return widths;
  }

  /**
   * The same by the global rule, each width within bounds, as near to the target as these allow.
   *
   * @param lower the smallest width of each place
   * @param upper the largest
   */
  static List<Integer> widthsWithin(
      List<Place> places,
      List<Overlap> overlaps,
      List<Ranking> rankings,
      long parametersToRemove,
      Recipe.Prune options,
      List<Integer> lower,
      List<Integer> upper) {
    check(places, rankings);
    List<Slot> slots = slots(places, options);
    List<Slot> bounded = new ArrayList<>();
    List<Integer> start = new ArrayList<>();
    for (int u = 0; u < slots.size(); u++) {
      Slot slot = slots.get(u);
      int smallest = Math.max(slot.smallest(), slot.grid().atLeast(lower.get(u)));
      bounded.add(new Slot(slot.grid(), slot.parametersPerChannel(), smallest));
      start.add(Math.max(smallest, slot.grid().atMost(upper.get(u))));
    }
    Removal removal = new Removal(ImmutableList.copyOf(bounded), ImmutableList.copyOf(overlaps));
    return GlobalAllocation.widths(removal, rankings, parametersToRemove, start);
  }

  private static UsageException nothing(Removal removal, long target, Recipe.Prune options) {
    boolean rounded = removal.slots().stream().anyMatch(slot -> slot.grid().block() > 1);
    return new UsageException(
        "nothing would be removed: the target of "
            + target
            + " parameters is too small for "
            + (rounded ? "steps of " + options.roundTo() + " channels" : "one channel"),
        rounded ? "raise sparsity or lower round_to" : "raise sparsity");
  }

  /**
   * Refuses a target out of reach, before anything is computed.
   *
   * @throws UsageException when it is
   */
  static void requireReachable(Structure structure, long target, Recipe.Prune options) {
    List<Place> places = structure.units().stream().map(Place::of).toList();
    requireReachable(removal(places, structure.overlaps(), options), target, options);
  }

  private static Removal removal(List<Place> places, List<Overlap> overlaps, Recipe.Prune options) {
    return new Removal(
        ImmutableList.copyOf(slots(places, options)), ImmutableList.copyOf(overlaps));
  }

  /**
   * A unit to allocate to.
   *
   * @param smallest the smallest width it may get
   */
  record Slot(WidthGrid grid, long parametersPerChannel, int smallest) {

    /** Whether it must stay whole. */
    boolean fixed() {
      return smallest == grid.width();
    }

    /** Parameters that go when {@code kept} channels stay. */
    long removedAt(int kept) {
      return Math.multiplyExact(parametersPerChannel, (long) grid.width() - kept);
    }
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
      int block = unit.kind() == UnitKind.FFN ? options.roundTo() : 1;
      WidthGrid grid = new WidthGrid(unit.width(), block);
      int least = (int) Math.ceil((1 - options.maxPerLayer()) * unit.width() - ROUNDING);
      int smallest = fixed ? unit.width() : grid.atLeast(least);
      slots.add(new Slot(grid, unit.parametersPerChannel(), smallest));
    }
    return slots;
  }

  private static void requireReachable(Removal removal, long target, Recipe.Prune options) {
    List<Slot> slots = removal.slots();
    long possible = removal.at(slots.stream().map(Slot::smallest).toList());
    if (target <= possible) {
      return;
    }
    long all = removal.at(Collections.nCopies(slots.size(), 0));
    boolean rounded = slots.stream().anyMatch(slot -> slot.grid().block() > 1);
    boolean limited = options.maxPerLayer() < 1;
    throw new UsageException(
        "cannot remove "
            + target
            + " parameters: at most "
            + possible
            + " of the targets' "
            + all
            + (" can go when every unit keeps " + least(slots, options))
            + (limited ? ", max_per_layer is " + options.maxPerLayer() : "")
            + ", the first "
            + (options.protectFirst() + " and the last " + options.protectLast())
            + " layers stay whole",
        possible == 0
            ? (rounded ? "lower round_to or protect fewer layers" : "protect fewer layers")
                + (limited ? ", or raise max_per_layer" : "")
            : (options.budget() instanceof Recipe.Budget.Parameters
                    ? "raise parameters"
                    : "lower sparsity to "
                        + Math.floor(1000.0 * possible / all) / 1000
                        + " or less")
                + (limited ? ", raise max_per_layer" : "")
                + (rounded
                    ? ", protect fewer layers, or lower round_to"
                    : ", or protect fewer layers"));
  }

  private static String least(List<Slot> slots, Recipe.Prune options) {
    boolean all = slots.stream().allMatch(slot -> slot.grid().block() > 1);
    boolean none = slots.stream().allMatch(slot -> slot.grid().block() == 1);
    if (all || (none && options.roundTo() == 1)) {
      return options.roundTo() + " channels";
    }
    return none ? "one channel" : options.roundTo() + " neurons or one head";
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
