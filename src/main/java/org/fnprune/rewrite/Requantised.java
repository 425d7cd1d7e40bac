package org.fnprune.rewrite;

import com.google.common.collect.ImmutableList;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.fnprune.model.Graph;
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

  /** A warning for each unit of a plan whose weights do not all keep their values. */
  public static ImmutableList<String> warnings(Graph dense, Structure structure, PruningPlan plan) {
    ImmutableList.Builder<String> warnings = ImmutableList.builder();
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
            .map(weight -> weight.blockAlong(slice.channels().axis()))
            .filter(block -> block > 1 && mixesBlocks(positions, block))
            .ifPresent(block -> warnings.add(warning(unit, slice, block)));
      }
    }
    return warnings.build();
  }

  private static String warning(PrunableUnit unit, WeightSlice slice, int block) {
    return "unit '"
        + unit.id()
        + "': what is left of weight '"
        + slice.storage()
        + "' was quantised again, because its blocks of "
        + block
        + " inputs with one scale did not stay whole; the slim model is not exactly the masked one";
  }

  /** Whether positions that share a block afterwards come from several. */
  private static boolean mixesBlocks(int[] positions, int block) {
    return IntStream.range(1, positions.length)
        .anyMatch(i -> i % block != 0 && positions[i] / block != positions[i - 1] / block);
  }
}
