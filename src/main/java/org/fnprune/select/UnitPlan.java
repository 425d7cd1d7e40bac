package org.fnprune.select;

import com.google.common.primitives.ImmutableIntArray;
import java.util.stream.IntStream;
import org.fnprune.structure.PrunableUnit;

/**
 * Which channels of one unit stay; one entry of {@code plan.json}.
 *
 * @param id the unit's name
 * @param kind {@code ffn}, {@code heads}, {@code kv_groups} or {@code ffn_out}
 * @param layer the layer number, −1 when unknown
 * @param activation the tensor of the dense graph on whose axis zeroing the dropped channels equals
 *     their removal
 * @param axis that axis; always −1, the last
 * @param width number of units before
 * @param unitSize consecutive positions of each (1 for neurons)
 * @param kept indices that stay, ascending, at least one
 */
public record UnitPlan(
    String id,
    String kind,
    int layer,
    String activation,
    int axis,
    int width,
    int unitSize,
    ImmutableIntArray kept) {

  public UnitPlan {
    if (kept.isEmpty() || kept.length() > width) {
      throw new IllegalArgumentException(id + " would keep " + kept.length() + " of " + width);
    }
    for (int i = 0; i < kept.length(); i++) {
      int previous = i == 0 ? -1 : kept.get(i - 1);
      if (kept.get(i) <= previous || kept.get(i) >= width) {
        throw new IllegalArgumentException(
            id + ": kept indices must ascend within 0 … " + (width - 1) + ", found " + kept.get(i));
      }
    }
  }

  /** The entry of a unit of which {@code kept} channels stay. */
  public static UnitPlan of(PrunableUnit unit, ImmutableIntArray kept) {
    return new UnitPlan(
        unit.id(),
        unit.kind().label(),
        unit.layer(),
        unit.activation(),
        -1,
        unit.width(),
        unit.unitSize(),
        kept);
  }

  /** Positions of the activation's last axis that stay: all those of the kept channels. */
  public ImmutableIntArray keptPositions() {
    if (unitSize == 1) {
      return kept;
    }
    return ImmutableIntArray.copyOf(
        kept.stream()
            .flatMap(channel -> IntStream.range(channel * unitSize, (channel + 1) * unitSize)));
  }

  /** Positions of the activation's last axis. */
  public int positions() {
    return Math.multiplyExact(width, unitSize);
  }

  /** Whether nothing is removed. */
  public boolean keepsAll() {
    return kept.length() == width;
  }
}
