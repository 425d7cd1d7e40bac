package org.fnprune.rewrite;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.BitSet;
import java.util.Locale;
import java.util.stream.IntStream;
import org.fnprune.model.Graph;
import org.fnprune.model.QuantisedMatrix;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.QuantisedWeight;
import org.fnprune.structure.Structure;
import org.fnprune.structure.WeightSlice;

/**
 * Says which units' weights have to be quantised again: those whose blocks of inputs with one scale
 * do not stay or go as a whole.
 */
public final class Requantised {

  private Requantised() {}

  /**
   * One weight of which not all values stay what they are.
   *
   * @param slice along its blocks
   * @param block inputs with one scale
   * @param positions the inputs that are kept
   */
  record Part(
      PrunableUnit unit,
      WeightSlice slice,
      QuantisedWeight weight,
      int block,
      ImmutableIntArray positions) {}

  /** A warning for each weight of a plan whose values do not all stay what they are. */
  public static ImmutableList<String> warnings(Graph dense, Structure structure, PruningPlan plan) {
    return of(dense, structure, plan).stream()
        .map(part -> warning(dense, part))
        .collect(ImmutableList.toImmutableList());
  }

  /** The weights that a plan breaks blocks of. */
  static ImmutableList<Part> of(Graph dense, Structure structure, PruningPlan plan) {
    ImmutableList.Builder<Part> parts = ImmutableList.builder();
    for (PrunableUnit unit : structure.units()) {
      UnitPlan planned = plan.pruned().get(unit.id());
      if (planned == null) {
        continue;
      }
      BitSet kept = new BitSet();
      planned.kept().forEach(kept::set);
      for (WeightSlice slice : unit.slices()) {
        int[] positions = slice.channels().positionsOf(kept);
        QuantisedWeight.of(dense, slice.use())
            .map(w -> part(unit, slice, w, positions))
            .filter(part -> part.block() > 1 && mixesBlocks(positions, part.block()))
            .ifPresent(parts::add);
      }
    }
    return parts.build();
  }

  private static Part part(
      PrunableUnit unit, WeightSlice slice, QuantisedWeight weight, int[] positions) {
    int block = weight.blockAlong(slice.channels().axis());
    return new Part(unit, slice, weight, block, ImmutableIntArray.copyOf(positions));
  }

  private static String warning(Graph dense, Part part) {
    return String.format(
        Locale.ROOT,
        "unit '%s': what is left of weight '%s' was quantised again, because its blocks of %d inputs"
            + " with one scale did not stay whole; the values that stay changed by %.1f%%",
        part.unit().id(),
        part.slice().storage(),
        part.block(),
        100 * cut(part.weight().tensors(dense).matrix(), part).error());
  }

  private static QuantisedMatrix.Cut cut(QuantisedMatrix matrix, Part part) {
    return part.slice().channels().axis() == -2
        ? matrix.selectRows(part.positions().toArray())
        : matrix.selectCols(part.positions().toArray());
  }

  /** Whether positions that share a block afterwards come from several. */
  private static boolean mixesBlocks(int[] positions, int block) {
    return IntStream.range(1, positions.length)
        .anyMatch(i -> i % block != 0 && positions[i] / block != positions[i - 1] / block);
  }
}
