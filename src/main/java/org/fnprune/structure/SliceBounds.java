package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.fnprune.model.Attributes;

/**
 * What a Slice takes of one axis of known size.
 *
 * @param element where in its starts and ends the axis stands
 * @param start first position
 * @param end position after the last
 * @param step distance of positions
 */
record SliceBounds(int element, int start, int end, int step) {

  /** The inputs of a Slice, from opset 10 on. */
  static final int STARTS = 1;

  static final int ENDS = 2;
  private static final int AXES = 3;
  private static final int STEPS = 4;

  /**
   * Whether the Slice touches {@code axis} (from the end) at all; unknown axes count as touched.
   */
  static boolean touches(NodeProto node, int axis, int rank, Shapes shapes) {
    return axes(node, rank, shapes).map(a -> a.contains(axis)).orElse(true);
  }

  /**
   * The bounds along {@code axis}, which has {@code size} positions; empty when they cannot be told
   * or the Slice is of an opset before 10.
   */
  static Optional<SliceBounds> of(NodeProto node, int axis, int size, int rank, Shapes shapes) {
    if (node.getInputCount() <= ENDS) {
      return Optional.empty();
    }
    Optional<ImmutableList<Integer>> axes = axes(node, rank, shapes);
    int element = axes.map(a -> a.indexOf(axis)).orElse(-1);
    Optional<Long> start = number(node, STARTS, element, shapes);
    Optional<Long> end = number(node, ENDS, element, shapes);
    Optional<Long> step = has(node, STEPS) ? number(node, STEPS, element, shapes) : Optional.of(1L);
    if (start.isEmpty() || end.isEmpty() || step.isEmpty() || step.get() < 1) {
      return Optional.empty();
    }
    return Optional.of(
        new SliceBounds(
            element,
            ShapeValues.clamp(start.get(), size),
            ShapeValues.clamp(end.get(), size),
            (int) Math.min(step.get(), Integer.MAX_VALUE)));
  }

  /** The positions that are taken. */
  int[] positions() {
    int count = (int) Math.max(0, ((long) end - start + step - 1) / step);
    return IntStream.range(0, count).map(i -> start + i * step).toArray();
  }

  private static boolean has(NodeProto node, int input) {
    return node.getInputCount() > input && !node.getInput(input).isEmpty();
  }

  private static Optional<Long> number(NodeProto node, int input, int element, Shapes shapes) {
    return shapes
        .values(node.getInput(input))
        .filter(v -> element >= 0 && element < v.size())
        .map(v -> v.get(element).size())
        .filter(Size::isKnown)
        .map(Size::factor);
  }

  private static Optional<ImmutableList<Integer>> axes(NodeProto node, int rank, Shapes shapes) {
    if (node.getInputCount() == 1) {
      return Optional.of(
          Attributes.integers(node, "axes").stream()
              .map(a -> fromEnd(a, rank))
              .collect(ImmutableList.toImmutableList()));
    }
    if (has(node, AXES)) {
      return shapes
          .numbers(node.getInput(AXES))
          .map(
              n ->
                  Arrays.stream(n)
                      .mapToObj(a -> fromEnd(a, rank))
                      .collect(ImmutableList.toImmutableList()));
    }
    return shapes
        .values(node.getInput(STARTS))
        .map(
            v ->
                IntStream.range(0, v.size())
                    .mapToObj(a -> fromEnd(a, rank))
                    .collect(ImmutableList.toImmutableList()));
  }

  private static int fromEnd(long axis, int rank) {
    return (int) (axis < 0 ? axis : axis - rank);
  }
}
