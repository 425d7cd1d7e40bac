package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.fnprune.model.Attributes;
import org.fnprune.model.ElementType;

/** Evaluates the little computations with whole numbers that exporters write to build a shape. */
final class ShapeValues {

  private static final int LONGEST_FILL = 64;

  private ShapeValues() {}

  /** The elements that output number {@code port} has, if they can be told. */
  static Optional<ImmutableList<ShapeElement>> of(NodeProto node, int port, Shapes shapes) {
    if (node.getOpType().equals("Split")) {
      return part(node, port, shapes);
    }
    return port == 0 ? of(node, shapes) : Optional.empty();
  }

  private static Optional<ImmutableList<ShapeElement>> of(NodeProto node, Shapes shapes) {
    return switch (node.getOpType()) {
      case "Shape" -> shape(node, shapes);
      case "Size" -> Optional.empty();
      case "Gather" -> gather(node, shapes);
      case "Slice" -> slice(node, shapes);
      case "Concat" -> concat(node, shapes);
      case "Unsqueeze", "Squeeze", "Cast", "Identity", "Reshape", "Flatten", "Floor", "Ceil" ->
          shapes.values(node.getInput(0));
      case "Add" -> pairwise(node, shapes, Size::plus);
      case "Sub" -> pairwise(node, shapes, Size::minus);
      case "Mul" -> pairwise(node, shapes, (a, b) -> Optional.of(a.times(b)));
      case "Div" -> pairwise(node, shapes, Size::over);
      case "Max" -> pairwise(node, shapes, (a, b) -> extreme(a, b, 1));
      case "Min" -> pairwise(node, shapes, (a, b) -> extreme(a, b, -1));
      case "Neg" ->
          shapes
              .values(node.getInput(0))
              .map(v -> map(v, e -> e.computed(e.size().times(Size.of(-1)))));
      case "Equal" -> equal(node, shapes);
      case "Where" -> where(node, shapes);
      case "ReduceProd" -> product(node, shapes);
      case "ConstantOfShape" -> filled(node, shapes);
      default -> Optional.empty();
    };
  }

  private static ImmutableList<ShapeElement> map(
      List<ShapeElement> elements, UnaryOperator<ShapeElement> change) {
    return elements.stream().map(change).collect(ImmutableList.toImmutableList());
  }

  private static Optional<ImmutableList<ShapeElement>> shape(NodeProto node, Shapes shapes) {
    String tensor = node.getInput(0);
    return shapes
        .of(tensor)
        .map(
            sizes -> {
              int rank = sizes.size();
              int start = clamp(Attributes.integer(node, "start", 0), rank);
              int end = clamp(Attributes.integer(node, "end", Integer.MAX_VALUE), rank);
              ImmutableList.Builder<ShapeElement> elements = ImmutableList.builder();
              for (int i = start; i < end; i++) {
                elements.add(
                    new ShapeElement(
                        sizes.get(i), ImmutableSet.of(new ShapeElement.Dim(tensor, i - rank))));
              }
              return elements.build();
            });
  }

  private static Optional<ImmutableList<ShapeElement>> gather(NodeProto node, Shapes shapes) {
    Optional<ImmutableList<ShapeElement>> from = shapes.values(node.getInput(0));
    Optional<long[]> indices = shapes.numbers(node.getInput(1));
    if (from.isEmpty() || indices.isEmpty()) {
      return Optional.empty();
    }
    ImmutableList.Builder<ShapeElement> elements = ImmutableList.builder();
    for (long index : indices.get()) {
      long at = index < 0 ? index + from.get().size() : index;
      if (at < 0 || at >= from.get().size()) {
        return Optional.empty();
      }
      elements.add(from.get().get((int) at));
    }
    return Optional.of(elements.build());
  }

  private static Optional<ImmutableList<ShapeElement>> slice(NodeProto node, Shapes shapes) {
    Optional<ImmutableList<ShapeElement>> from = shapes.values(node.getInput(0));
    Optional<SliceBounds> bounds = from.flatMap(f -> SliceBounds.of(node, -1, f.size(), 1, shapes));
    return bounds.map(
        b ->
            b.step() == 1
                ? from.orElseThrow().subList(b.start(), Math.max(b.start(), b.end()))
                : from.orElseThrow());
  }

  /** The part of a vector that one output of a Split is. */
  private static Optional<ImmutableList<ShapeElement>> part(
      NodeProto node, int port, Shapes shapes) {
    Optional<ImmutableList<ShapeElement>> whole = shapes.values(node.getInput(0));
    int from = 0;
    for (int i = 0; whole.isPresent() && i <= port; i++) {
      OptionalInt length = shapes.length(node.getOutput(i));
      if (length.isEmpty() || from + length.getAsInt() > whole.get().size()) {
        return Optional.empty();
      }
      if (i == port) {
        return Optional.of(whole.get().subList(from, from + length.getAsInt()));
      }
      from += length.getAsInt();
    }
    return Optional.empty();
  }

  private static Optional<ImmutableList<ShapeElement>> concat(NodeProto node, Shapes shapes) {
    ImmutableList.Builder<ShapeElement> elements = ImmutableList.builder();
    for (String input : node.getInputList()) {
      Optional<ImmutableList<ShapeElement>> part = shapes.values(input);
      if (part.isEmpty()) {
        return Optional.empty();
      }
      elements.addAll(part.get());
    }
    return Optional.of(elements.build());
  }

  private static Optional<ImmutableList<ShapeElement>> pairwise(
      NodeProto node, Shapes shapes, BiFunction<Size, Size, Optional<Size>> combine) {
    if (node.getInputCount() != 2) {
      return Optional.empty();
    }
    Optional<ImmutableList<ShapeElement>> left = shapes.values(node.getInput(0));
    Optional<ImmutableList<ShapeElement>> right = shapes.values(node.getInput(1));
    if (left.isEmpty() || right.isEmpty()) {
      return Optional.empty();
    }
    int length = Math.max(left.get().size(), right.get().size());
    ImmutableList.Builder<ShapeElement> elements = ImmutableList.builder();
    for (int i = 0; i < length; i++) {
      Optional<ShapeElement> a = broadcast(left.get(), i, length);
      Optional<ShapeElement> b = broadcast(right.get(), i, length);
      if (a.isEmpty() || b.isEmpty()) {
        return Optional.empty();
      }
      elements.add(
          new ShapeElement(
              combine
                  .apply(a.get().size(), b.get().size())
                  .orElse(Size.unknown(node.getOutput(0) + "#" + i)),
              a.get().sourcesWith(b.get())));
    }
    return Optional.of(elements.build());
  }

  private static Optional<ShapeElement> broadcast(List<ShapeElement> from, int i, int length) {
    return from.size() == length
        ? Optional.of(from.get(i))
        : from.size() == 1 ? Optional.of(from.get(0)) : Optional.empty();
  }

  private static Optional<Size> extreme(Size a, Size b, int sign) {
    if (a.equals(b)) {
      return Optional.of(a);
    }
    return a.isKnown() && b.isKnown()
        ? Optional.of(Size.of(sign * Math.max(sign * a.factor(), sign * b.factor())))
        : Optional.empty();
  }

  /** 1 or 0 where it is certain: sizes that only run time tells are never negative. */
  private static Optional<ImmutableList<ShapeElement>> equal(NodeProto node, Shapes shapes) {
    return pairwise(
            node,
            shapes,
            (a, b) ->
                a.equals(b)
                    ? Optional.of(Size.of(1))
                    : (a.isKnown() && b.isKnown()) || isNegative(a) != isNegative(b)
                        ? Optional.of(Size.of(0))
                        : Optional.empty())
        .filter(v -> v.stream().allMatch(e -> e.size().isKnown()));
  }

  private static boolean isNegative(Size size) {
    return size.factor() < 0;
  }

  private static Optional<ImmutableList<ShapeElement>> where(NodeProto node, Shapes shapes) {
    Optional<ImmutableList<ShapeElement>> condition = shapes.values(node.getInput(0));
    Optional<ImmutableList<ShapeElement>> yes = shapes.values(node.getInput(1));
    Optional<ImmutableList<ShapeElement>> no = shapes.values(node.getInput(2));
    if (condition.isEmpty() || yes.isEmpty() || no.isEmpty()) {
      return Optional.empty();
    }
    int length =
        Collections.max(List.of(condition.get().size(), yes.get().size(), no.get().size()));
    List<ShapeElement> elements = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      Optional<ShapeElement> test = broadcast(condition.get(), i, length);
      if (test.isEmpty() || !test.get().size().isKnown()) {
        return Optional.empty();
      }
      Optional<ShapeElement> chosen =
          broadcast(test.get().size().is(0) ? no.get() : yes.get(), i, length);
      if (chosen.isEmpty()) {
        return Optional.empty();
      }
      elements.add(chosen.get());
    }
    return Optional.of(ImmutableList.copyOf(elements));
  }

  private static Optional<ImmutableList<ShapeElement>> product(NodeProto node, Shapes shapes) {
    return shapes
        .values(node.getInput(0))
        .map(
            v ->
                ImmutableList.of(
                    v.stream()
                        .reduce(
                            ShapeElement.written(1),
                            (a, b) ->
                                new ShapeElement(a.size().times(b.size()), a.sourcesWith(b)))));
  }

  private static Optional<ImmutableList<ShapeElement>> filled(NodeProto node, Shapes shapes) {
    Optional<long[]> length = shapes.numbers(node.getInput(0));
    if (length.isEmpty() || length.get().length != 1 || length.get()[0] > LONGEST_FILL) {
      return Optional.empty();
    }
    long value =
        Attributes.find(node, "value")
            .map(a -> shapes.graph().model().data(a.getT()))
            .filter(t -> t.type() == ElementType.INT64 || t.type() == ElementType.INT32)
            .map(t -> t.toLongs()[0])
            .orElse(0L);
    return Optional.of(
        ImmutableList.copyOf(
            Collections.nCopies((int) length.get()[0], ShapeElement.written(value))));
  }

  static int clamp(long index, int size) {
    long at = index < 0 ? index + size : index;
    return (int) Math.max(0, Math.min(at, size));
  }
}
