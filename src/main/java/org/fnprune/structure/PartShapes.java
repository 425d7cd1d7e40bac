package org.fnprune.structure;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Longs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fnprune.model.Attributes;

/** The shapes of operators that take tensors apart or put them together along an axis. */
record PartShapes(NodeOutput made) {

  Optional<ImmutableList<Size>> concat() {
    List<ImmutableList<Size>> parts = new ArrayList<>();
    for (String input : made.node().getInputList()) {
      Optional<ImmutableList<Size>> part = made.shapes().of(input);
      if (part.isEmpty() || part.get().isEmpty()) {
        return Optional.empty();
      }
      parts.add(part.get());
    }
    int rank = parts.get(0).size();
    int axis = ShapeValues.clamp(Attributes.integer(made.node(), "axis", 0), rank - 1 + 1);
    int at = axis >= rank ? rank - 1 : axis;
    if (parts.stream().anyMatch(p -> p.size() != rank)) {
      return Optional.empty();
    }
    List<Size> sizes = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int here = i;
      List<Size> along = parts.stream().map(p -> p.get(here)).toList();
      sizes.add(i == at ? sum(along, i - rank) : agreed(along));
    }
    return Optional.of(ImmutableList.copyOf(sizes));
  }

  private Size sum(List<Size> parts, int axis) {
    Optional<Size> sum = Optional.of(Size.of(0));
    for (Size part : parts) {
      sum = sum.flatMap(s -> s.plus(part));
    }
    return sum.orElse(made.unknown(axis));
  }

  private static Size agreed(List<Size> sizes) {
    return sizes.stream().filter(Size::isKnown).findFirst().orElse(sizes.get(0));
  }

  Optional<ImmutableList<Size>> split() {
    return made.input(0)
        .map(
            s -> {
              long axis = Attributes.integer(made.node(), "axis", 0);
              int at = (int) (axis < 0 ? axis + s.size() : axis);
              List<Size> sizes = new ArrayList<>(s);
              sizes.set(at, part(s.get(at), at - s.size()));
              return ImmutableList.copyOf(sizes);
            });
  }

  private Size part(Size whole, int axis) {
    Optional<long[]> sizes =
        made.node().getInputCount() > 1 && !made.node().getInput(1).isEmpty()
            ? made.shapes().numbers(made.node().getInput(1))
            : Optional.of(
                Attributes.integers(made.node(), "split").stream()
                    .mapToLong(Long::longValue)
                    .toArray());
    if (sizes.isEmpty()) {
      return made.unknown(axis);
    }
    if (sizes.get().length > made.port() && sizes.get()[made.port()] >= 0) {
      return Size.of(sizes.get()[made.port()]);
    }
    return whole.dividedBy(Size.of(made.node().getOutputCount())).orElse(made.unknown(axis));
  }

  Optional<ImmutableList<Size>> slice() {
    return made.input(0)
        .map(
            s -> {
              List<Size> sizes = new ArrayList<>(s);
              for (int i = 0; i < sizes.size(); i++) {
                int axis = i - sizes.size();
                if (SliceBounds.touches(made.node(), axis, s.size(), made.shapes())) {
                  sizes.set(i, sliced(s.get(i), axis, s.size()));
                }
              }
              return ImmutableList.copyOf(sizes);
            });
  }

  private Size sliced(Size size, int axis, int rank) {
    return size.isKnown() && size.factor() >= 0 && size.factor() <= ChannelLayout.MOST
        ? SliceBounds.of(made.node(), axis, (int) size.factor(), rank, made.shapes())
            .map(b -> Size.of(b.positions().length))
            .orElse(made.unknown(axis))
        : made.unknown(axis);
  }

  Optional<ImmutableList<Size>> gather() {
    Optional<ImmutableList<Size>> from = made.input(0);
    Optional<ImmutableList<Size>> indices = made.input(1);
    if (from.isEmpty() || indices.isEmpty() || from.get().isEmpty()) {
      return Optional.empty();
    }
    long axis = Attributes.integer(made.node(), "axis", 0);
    int at = (int) (axis < 0 ? axis + from.get().size() : axis);
    return Optional.of(
        ImmutableList.<Size>builder()
            .addAll(from.get().subList(0, at))
            .addAll(indices.get())
            .addAll(from.get().subList(at + 1, from.get().size()))
            .build());
  }

  /** Pads are an attribute, or an input since opset 11; since 18 of some axes only. */
  Optional<ImmutableList<Size>> pad() {
    if (made.has(3)) {
      return made.input(0).map(s -> made.fresh(s.size()));
    }
    Optional<long[]> pads =
        made.has(1)
            ? made.shapes().numbers(made.node().getInput(1))
            : Optional.of(Longs.toArray(Attributes.integers(made.node(), "pads")));
    return made.input(0).map(s -> padded(s, pads.orElse(new long[0])));
  }

  private ImmutableList<Size> padded(ImmutableList<Size> sizes, long[] pads) {
    int rank = sizes.size();
    if (pads.length != 2 * rank) {
      return made.fresh(rank);
    }
    ImmutableList.Builder<Size> padded = ImmutableList.builder();
    for (int i = 0; i < rank; i++) {
      long more = pads[i] + pads[i + rank];
      padded.add(
          more == 0
              ? sizes.get(i)
              : sizes.get(i).plus(Size.of(more)).orElse(made.unknown(i - rank)));
    }
    return padded.build();
  }
}
