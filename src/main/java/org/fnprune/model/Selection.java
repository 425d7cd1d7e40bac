package org.fnprune.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.primitives.ImmutableIntArray;
import java.util.stream.IntStream;

/**
 * The part of a tensor that stays: some positions of some axes.
 *
 * @param dims sizes of the whole tensor's axes
 * @param kept positions that stay, by axis counted from 0; axes that are not in it stay whole
 */
record Selection(ImmutableList<Long> dims, ImmutableSortedMap<Integer, ImmutableIntArray> kept) {

  Selection {
    kept.forEach(
        (axis, positions) -> {
          long size = dims.get(axis);
          if (positions.stream().anyMatch(p -> p < 0 || p >= size)) {
            throw new IllegalArgumentException("axis " + axis + " has only " + size + " positions");
          }
        });
  }

  /** A whole tensor. */
  static Selection all(ImmutableList<Long> dims) {
    return new Selection(dims, ImmutableSortedMap.of());
  }

  /**
   * The slices of this selection.
   *
   * @param axis negative, counted from the end
   * @param positions along what is left of the axis
   */
  Selection slice(int axis, int[] positions) {
    int at = axis + dims.size();
    ImmutableIntArray before = kept.get(at);
    IntStream chosen = IntStream.of(positions);
    ImmutableIntArray now =
        ImmutableIntArray.copyOf(before == null ? chosen : chosen.map(before::get));
    ImmutableSortedMap.Builder<Integer, ImmutableIntArray> all = ImmutableSortedMap.naturalOrder();
    kept.forEach(
        (other, its) -> {
          if (other != at) {
            all.put(other, its);
          }
        });
    return new Selection(dims, all.put(at, now).buildOrThrow());
  }

  /** Sizes of the axes of what is left. */
  ImmutableList<Long> sizes() {
    return IntStream.range(0, dims.size())
        .mapToObj(this::size)
        .collect(ImmutableList.toImmutableList());
  }

  private long size(int axis) {
    ImmutableIntArray positions = kept.get(axis);
    return positions == null ? dims.get(axis) : positions.length();
  }
}
