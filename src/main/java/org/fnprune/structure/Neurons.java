package org.fnprune.structure;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.util.BitSet;

/**
 * Some neurons of a model. A neuron is a position of a unit's activation: of a unit whose channels
 * take several positions (heads) it is one of these, not the whole channel.
 *
 * @param positions ascending, by unit id; units without any may be left out
 */
public record Neurons(ImmutableMap<String, ImmutableIntArray> positions) {

  /** None at all. */
  public static final Neurons NONE = new Neurons(ImmutableMap.of());

  /** How many there are. */
  public int count() {
    return positions.values().stream().mapToInt(ImmutableIntArray::length).sum();
  }

  /** Those of one unit. */
  public ImmutableIntArray of(String unit) {
    ImmutableIntArray found = positions.get(unit);
    return found == null ? ImmutableIntArray.of() : found;
  }

  /** All neurons of a structure but these. */
  public Neurons others(Structure structure) {
    ImmutableMap.Builder<String, ImmutableIntArray> others = ImmutableMap.builder();
    for (PrunableUnit unit : structure.units()) {
      BitSet left = new BitSet();
      left.set(0, unit.positions());
      of(unit.id()).forEach(left::clear);
      others.put(unit.id(), ImmutableIntArray.copyOf(left.stream()));
    }
    return new Neurons(others.buildOrThrow());
  }

  /** How many neurons a structure has. */
  public static int countOf(Structure structure) {
    return structure.units().stream().mapToInt(PrunableUnit::positions).reduce(0, Math::addExact);
  }
}
