package org.fnprune.structure;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.fnprune.model.Attributes;

/**
 * The shapes of operators that give values other axes: reshaping, transposition, repetition,
 * reduction.
 */
record AxisShapes(NodeOutput made) {

  Optional<ImmutableList<Size>> reshape() {
    if (made.node().getInputCount() < 2) {
      return Optional.empty();
    }
    Optional<ImmutableList<ShapeElement>> target = made.shapes().values(made.node().getInput(1));
    if (target.isEmpty()) {
      return made.shapes()
          .of(made.node().getInput(1))
          .filter(s -> s.size() == 1 && s.get(0).isKnown())
          .map(s -> made.fresh((int) s.get(0).factor()));
    }
    Optional<ImmutableList<Size>> from = made.input(0);
    boolean zeroIsZero = Attributes.integer(made.node(), "allowzero", 0) != 0;
    List<Size> sizes = new ArrayList<>();
    int inferred = -1;
    for (int i = 0; i < target.get().size(); i++) {
      Size size = target.get().get(i).size();
      if (size.is(-1)) {
        inferred = i;
        sizes.add(Size.of(1));
      } else if (size.is(0) && !zeroIsZero) {
        int at = i;
        sizes.add(
            from.filter(s -> s.size() > at)
                .map(s -> s.get(at))
                .orElse(made.unknown(i - target.get().size())));
      } else {
        sizes.add(size);
      }
    }
    if (inferred >= 0) {
      Size others = sizes.stream().reduce(Size.of(1), Size::times);
      sizes.set(
          inferred,
          from.flatMap(s -> s.stream().reduce(Size.of(1), Size::times).dividedBy(others))
              .orElse(made.unknown(inferred - sizes.size())));
    }
    return Optional.of(ImmutableList.copyOf(sizes));
  }

  Optional<ImmutableList<Size>> flatten() {
    return made.input(0)
        .map(
            s -> {
              int axis = ShapeValues.clamp(Attributes.integer(made.node(), "axis", 1), s.size());
              return ImmutableList.of(
                  s.subList(0, axis).stream().reduce(Size.of(1), Size::times),
                  s.subList(axis, s.size()).stream().reduce(Size.of(1), Size::times));
            });
  }

  Optional<ImmutableList<Size>> transpose() {
    return made.input(0)
        .flatMap(
            s -> {
              int[] order = TransposeRule.order(made.node(), s.size());
              return order.length == s.size()
                      && Arrays.stream(order).allMatch(i -> i >= 0 && i < s.size())
                  ? Optional.of(
                      Arrays.stream(order)
                          .mapToObj(s::get)
                          .collect(ImmutableList.toImmutableList()))
                  : Optional.empty();
            });
  }

  /** The axes of an Unsqueeze, Squeeze or reduction; empty when they cannot be told. */
  private Optional<long[]> axes() {
    if (made.node().getInputCount() > 1 && !made.node().getInput(1).isEmpty()) {
      return made.shapes().numbers(made.node().getInput(1));
    }
    List<Long> axes = Attributes.integers(made.node(), "axes");
    return axes.isEmpty()
        ? Optional.empty()
        : Optional.of(axes.stream().mapToLong(Long::longValue).toArray());
  }

  /** Axes counted from the front, ascending. */
  private static TreeSet<Integer> fromFront(long[] axes, int rank) {
    TreeSet<Integer> counted = new TreeSet<>();
    Arrays.stream(axes).forEach(a -> counted.add((int) (a < 0 ? a + rank : a)));
    return counted;
  }

  Optional<ImmutableList<Size>> unsqueeze() {
    Optional<ImmutableList<Size>> from = made.input(0);
    Optional<long[]> axes = axes();
    if (from.isEmpty() || axes.isEmpty()) {
      return Optional.empty();
    }
    int rank = from.get().size() + axes.get().length;
    List<Size> sizes = new ArrayList<>(from.get());
    for (int at : fromFront(axes.get(), rank)) {
      if (at < 0 || at > sizes.size()) {
        return Optional.empty();
      }
      sizes.add(at, Size.of(1));
    }
    return Optional.of(ImmutableList.copyOf(sizes));
  }

  Optional<ImmutableList<Size>> squeeze() {
    Optional<ImmutableList<Size>> from = made.input(0);
    Optional<long[]> axes = axes();
    if (from.isEmpty() || axes.isEmpty()) {
      return Optional.empty();
    }
    int rank = from.get().size();
    Set<Integer> gone = fromFront(axes.get(), rank);
    return Optional.of(
        IntStream.range(0, rank)
            .filter(i -> !gone.contains(i))
            .mapToObj(from.get()::get)
            .collect(ImmutableList.toImmutableList()));
  }

  Optional<ImmutableList<Size>> target(String tensor) {
    return made.shapes()
        .values(tensor)
        .map(v -> v.stream().map(ShapeElement::size).collect(ImmutableList.toImmutableList()))
        .or(
            () ->
                made.shapes()
                    .of(tensor)
                    .filter(s -> s.size() == 1 && s.get(0).isKnown())
                    .map(s -> made.fresh((int) s.get(0).factor())));
  }

  Optional<ImmutableList<Size>> expand() {
    Optional<ImmutableList<Size>> from = made.input(0);
    Optional<ImmutableList<Size>> to = target(made.node().getInput(1));
    return from.isEmpty() || to.isEmpty()
        ? Optional.empty()
        : Optional.of(ProductShapes.broadcastSizes(List.of(from.get(), to.get())));
  }

  Optional<ImmutableList<Size>> reduced() {
    Optional<ImmutableList<Size>> from = made.input(0);
    Optional<long[]> axes = axes();
    boolean keep = Attributes.integer(made.node(), "keepdims", 1) == 1;
    if (from.isEmpty() || axes.isEmpty()) {
      return Optional.empty();
    }
    int rank = from.get().size();
    Set<Integer> gone = fromFront(axes.get(), rank);
    return Optional.of(
        IntStream.range(0, rank)
            .filter(i -> keep || !gone.contains(i))
            .mapToObj(i -> gone.contains(i) ? Size.of(1) : from.get().get(i))
            .collect(ImmutableList.toImmutableList()));
  }

  Optional<ImmutableList<Size>> arg() {
    boolean keep = Attributes.integer(made.node(), "keepdims", 1) == 1;
    return made.input(0).map(s -> made.fresh(keep ? s.size() : s.size() - 1));
  }
}
