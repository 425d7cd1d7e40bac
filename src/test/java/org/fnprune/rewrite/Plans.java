package org.fnprune.rewrite;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;

/** Plans that tests make up. */
public final class Plans {

  private Plans() {}

  /** Which channels of a unit stay. */
  public interface Choice {
    IntStream kept(PrunableUnit unit, int number);
  }

  /** A plan for all units. */
  public static PruningPlan of(Structure structure, Choice choice) {
    List<UnitPlan> units = new ArrayList<>();
    for (int i = 0; i < structure.units().size(); i++) {
      PrunableUnit unit = structure.units().get(i);
      units.add(UnitPlan.of(unit, ImmutableIntArray.copyOf(choice.kept(unit, i))));
    }
    return new PruningPlan(units);
  }

  /** Every second channel. */
  public static PruningPlan half(Structure structure) {
    return of(structure, (unit, i) -> IntStream.range(0, unit.width()).filter(j -> j % 2 == 1));
  }

  /** Everything. */
  public static PruningPlan all(Structure structure) {
    return of(structure, (unit, i) -> IntStream.range(0, unit.width()));
  }

  /** The last channel alone. */
  public static PruningPlan one(Structure structure) {
    return of(structure, (unit, i) -> IntStream.of(unit.width() - 1));
  }

  /** More of each unit than of the one before; the first keeps one channel. */
  public static PruningPlan uneven(Structure structure) {
    return of(structure, (unit, i) -> IntStream.range(0, Math.min(unit.width(), 1 + 4 * i)));
  }

  /** A random number of random channels of each unit. */
  public static PruningPlan random(Structure structure, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return of(
        structure,
        (unit, i) -> {
          int count = random.nextInt(1, unit.width() + 1);
          return random.ints(0, unit.width()).distinct().limit(count).sorted();
        });
  }
}
