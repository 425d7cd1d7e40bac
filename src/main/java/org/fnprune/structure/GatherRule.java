package org.fnprune.structure;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fnprune.model.Attributes;

/**
 * Gather picks tokens (an axis that is not the channels'), one of q, k and v out of [.., 3, ..], or
 * starts the residual stream (an embedding):
 *
 * <pre>
 *   x [b, s, 3, H, D] → Gather(axis 2, index 1) → k [b, s, H, D]
 * </pre>
 */
final class GatherRule implements OperatorRule {

  @Override
  public void reach(Reach reach) {
    boolean constant = reach.propagation().graph().constant(reach.node().getInput(0)).isPresent();
    if (constant || (reach.forward() && reach.port() != 0)) {
      throw reach.blocked("belongs to the residual stream");
    }
    int rank = reach.sizes(reach.node().getInput(0)).size();
    int axis = (int) Attributes.integer(reach.node(), "axis", 0);
    int at = axis < 0 ? axis : axis - rank;
    int indexRank = reach.sizes(reach.node().getInput(1)).size();
    if (reach.forward()) {
      forward(reach, at, indexRank);
    } else {
      backward(reach, at, indexRank);
    }
  }

  private static void forward(Reach reach, int axis, int indexRank) {
    ChannelLayout layout = reach.channels();
    if (layout.isOn(axis)) {
      Optional<int[]> picked = positions(reach, axis);
      layout =
          picked.isPresent() && indexRank <= 1
              ? layout.picked(axis, picked.get())
              : reach.propagation().only(layout, a -> a != axis);
      picked.ifPresent(p -> reach.propagation().edit(reach.index(), s -> refuse(reach, s, axis)));
      if (indexRank == 0 && layout.isOn(axis)) {
        if (layout.axes().length() == 1) {
          throw reach.blocked("picks single channels");
        }
        layout = layout.without(axis);
      }
    }
    reach.output(0, layout.moved(a -> a < axis ? a - indexRank + 1 : a));
  }

  private static void backward(Reach reach, int axis, int indexRank) {
    ChannelLayout layout =
        reach.propagation().only(reach.channels(), a -> a > axis || a < axis - indexRank + 1);
    reach.input(0, layout.moved(a -> a > axis ? a : a + indexRank - 1));
  }

  private static Optional<int[]> positions(Reach reach, int axis) {
    Optional<long[]> indices = reach.shapes().numbers(reach.node().getInput(1));
    Optional<Size> size = reach.shapes().size(reach.node().getInput(0), axis);
    return indices
        .filter(n -> size.isPresent() && size.get().isKnown())
        .map(
            n ->
                Arrays.stream(n)
                    .mapToInt(i -> (int) (i < 0 ? i + size.orElseThrow().factor() : i))
                    .toArray())
        .filter(p -> IntStream.of(p).allMatch(i -> i >= 0 && i < size.orElseThrow().factor()));
  }

  private static Stream<GraphEdit> refuse(Reach reach, Settling settling, int axis) {
    if (settling.of(reach.node().getInput(0)).map(a -> a.axis() == axis).orElse(false)) {
      throw reach.blocked("picks single channels");
    }
    return Stream.empty();
  }
}
