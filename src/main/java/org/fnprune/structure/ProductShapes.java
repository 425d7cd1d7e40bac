package org.fnprune.structure;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.fnprune.model.Attributes;

/**
 * The shapes of operators that bring several operands together: broadcasting, products,
 * convolution.
 */
record ProductShapes(NodeOutput made) {

  Optional<ImmutableList<Size>> broadcast(List<String> inputs) {
    List<ImmutableList<Size>> operands = new ArrayList<>();
    for (String input : inputs) {
      if (!input.isEmpty()) {
        Optional<ImmutableList<Size>> operand = made.shapes().of(input);
        if (operand.isEmpty()) {
          return Optional.empty();
        }
        operands.add(operand.get());
      }
    }
    return Optional.of(broadcastSizes(operands));
  }

  /** The sizes that operands are broadcast to; axes line up from the end. */
  static ImmutableList<Size> broadcastSizes(List<ImmutableList<Size>> operands) {
    int rank = operands.stream().mapToInt(List::size).max().orElse(0);
    ImmutableList.Builder<Size> result = ImmutableList.builder();
    for (int axis = -rank; axis < 0; axis++) {
      Size size = Size.of(1);
      for (ImmutableList<Size> operand : operands) {
        if (operand.size() >= -axis) {
          size = broadcast(size, operand.get(operand.size() + axis));
        }
      }
      result.add(size);
    }
    return result.build();
  }

  /**
   * Two sizes that only run time tells can be broadcast when they are equal or one of them is 1.
   * They are taken to be equal, under the plainer name: exporters compute the same batch size and
   * number of tokens in many ways. Where that were wrong, the slim model would not equal the masked
   * one.
   */
  private static Size broadcast(Size a, Size b) {
    if (a.equals(b) || b.is(1) || (a.isKnown() && !a.is(1))) {
      return a;
    }
    return a.is(1) || b.isKnown() || b.isPlainerThan(a) ? b : a;
  }

  Optional<ImmutableList<Size>> product(int weight) {
    Optional<ImmutableList<Size>> left = made.input(0);
    Optional<ImmutableList<Size>> right = made.input(weight);
    if (left.isEmpty() || right.isEmpty() || left.get().size() < 2 || right.get().size() < 2) {
      return Optional.empty();
    }
    ImmutableList<Size> a = left.get();
    ImmutableList<Size> b = right.get();
    boolean transA = Attributes.integer(made.node(), "transA", 0) != 0;
    boolean transB = Attributes.integer(made.node(), "transB", 0) != 0;
    return Optional.of(
        ImmutableList.<Size>builder()
            .addAll(broadcastSizes(List.of(a.subList(0, a.size() - 2), b.subList(0, b.size() - 2))))
            .add(a.get(a.size() - (transA ? 1 : 2)))
            .add(b.get(b.size() - (transB ? 2 : 1)))
            .build());
  }

  Optional<ImmutableList<Size>> gemm(int weight) {
    Optional<ImmutableList<Size>> a = made.input(0).filter(s -> s.size() == 2);
    Optional<ImmutableList<Size>> b = made.input(weight).filter(s -> s.size() == 2);
    boolean transA = Attributes.integer(made.node(), "transA", 0) != 0;
    boolean transB = Attributes.integer(made.node(), "transB", 0) != 0;
    return Optional.of(
        ImmutableList.of(
            a.map(s -> s.get(transA ? 1 : 0)).orElse(made.unknown(-2)),
            b.map(s -> s.get(transB ? 0 : 1)).orElse(made.unknown(-1))));
  }

  Optional<ImmutableList<Size>> lastIs(Size last) {
    return made.input(0)
        .filter(s -> !s.isEmpty())
        .map(
            s ->
                ImmutableList.<Size>builder().addAll(s.subList(0, s.size() - 1)).add(last).build());
  }

  Optional<ImmutableList<Size>> convolution() {
    OptionalInt rank = made.shapes().rank(made.node().getInput(1));
    Optional<ImmutableList<Size>> weight = made.input(1);
    if (rank.isEmpty() || weight.isEmpty()) {
      return Optional.empty();
    }
    List<Size> sizes = new ArrayList<>(made.fresh(rank.getAsInt()));
    sizes.set(0, made.input(0).map(s -> s.get(0)).orElse(sizes.get(0)));
    sizes.set(1, weight.get().get(0));
    return Optional.of(ImmutableList.copyOf(sizes));
  }
}
