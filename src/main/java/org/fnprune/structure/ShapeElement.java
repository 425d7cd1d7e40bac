package org.fnprune.structure;

import com.google.common.collect.ImmutableSet;

/**
 * One whole number that a graph computes with shapes.
 *
 * @param size its value
 * @param sources the sizes that it is computed from at run time; empty for what is written into the
 *     graph
 */
record ShapeElement(Size size, ImmutableSet<Dim> sources) {

  /** The size of an axis of a tensor at run time; the axis counts from the end. */
  record Dim(String tensor, int axis) {}

  static ShapeElement written(long number) {
    return new ShapeElement(Size.of(number), ImmutableSet.of());
  }

  ShapeElement computed(Size other) {
    return new ShapeElement(other, sources);
  }

  ImmutableSet<Dim> sourcesWith(ShapeElement other) {
    return ImmutableSet.<Dim>builder().addAll(sources).addAll(other.sources).build();
  }
}
