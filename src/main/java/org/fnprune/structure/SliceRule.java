package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fnprune.structure.GraphEdit.SliceEdit;

/**
 * A part of a tensor: of another axis (the last token), or of the channels' own (gate and up out of
 * one packed projection, the halves of a rotation). Bounds along a pruned axis are edited.
 */
final class SliceRule implements OperatorRule {

  @Override
  public void reach(Reach reach) {
    if (reach.forward() && reach.port() != 0) {
      throw reach.blocked("uses the channels as bounds");
    }
    String input = reach.node().getInput(0);
    int rank = reach.sizes(input).size();
    ChannelLayout whole = reach.channels();
    ChannelLayout part = reach.channels();
    for (int axis : reach.channels().axes().toArray()) {
      if (SliceBounds.touches(reach.node(), axis, rank, reach.shapes())) {
        SliceBounds bounds = bounds(reach, axis, rank);
        if (reach.forward()) {
          part =
              bounds.positions().length == 0
                  ? reach.propagation().only(part, a -> a != axis) // what a rotation leaves alone
                  : part.picked(axis, bounds.positions());
        } else {
          whole = around(reach, whole, axis, bounds);
        }
      }
    }
    reach.input(0, whole);
    reach.output(0, part);
    reach.propagation().edit(reach.index(), settling -> edits(reach, settling, rank));
  }

  private static SliceBounds bounds(Reach reach, int axis, int rank) {
    return reach
        .shapes()
        .size(reach.node().getInput(0), axis)
        .filter(size -> size.isKnown() && size.factor() <= ChannelLayout.MOST)
        .flatMap(
            size -> SliceBounds.of(reach.node(), axis, (int) size.factor(), rank, reach.shapes()))
        .filter(b -> b.end() >= b.start())
        .orElseThrow(() -> reach.blocked("cuts the channels at bounds that cannot be told"));
  }

  /** The layout of the input when the part was reached: what is not in the part is new. */
  private static ChannelLayout around(
      Reach reach, ChannelLayout part, int axis, SliceBounds bounds) {
    int size = (int) reach.shapes().size(reach.node().getInput(0), axis).orElseThrow().factor();
    ChannelLayout rest =
        reach.propagation().freshLike(part, axis, size - bounds.positions().length);
    ChannelLayout both =
        size == bounds.positions().length
            ? part
            : ChannelLayout.concatenated(axis, List.of(part, rest));
    int[] order = new int[size];
    int taken = 0;
    int left = bounds.positions().length;
    for (int i = 0; i < size; i++) {
      boolean inPart =
          i >= bounds.start() && i < bounds.end() && (i - bounds.start()) % bounds.step() == 0;
      order[i] = inPart ? taken++ : left++;
    }
    return both.picked(axis, order);
  }

  private static Stream<GraphEdit> edits(Reach reach, Settling settling, int rank) {
    NodeProto node = reach.node();
    Optional<ChannelAxis> axis = settling.of(node.getInput(0));
    boolean along =
        axis.map(a -> SliceBounds.touches(node, a.axis(), rank, reach.shapes())).orElse(false);
    SliceBounds edited = along ? bounds(reach, axis.orElseThrow().axis(), rank) : null;
    requireOtherBoundsStay(reach, settling, edited == null ? -1 : edited.element());
    if (edited == null) {
      return Stream.empty();
    }
    if (edited.step() != 1) {
      throw reach.blocked("takes every " + edited.step() + "th of its channels");
    }
    return Stream.of(
        new SliceEdit(
            reach.index(),
            edited.element(),
            reach.shapes().values(node.getInput(SliceBounds.STARTS)).orElseThrow().size(),
            axis.orElseThrow(),
            edited.start(),
            edited.end()));
  }

  private static void requireOtherBoundsStay(Reach reach, Settling settling, int edited) {
    for (int input = SliceBounds.STARTS; input < reach.node().getInputCount(); input++) {
      var values = reach.shapes().values(reach.input(input));
      boolean changed =
          values
              .map(
                  v ->
                      IntStream.range(0, v.size())
                          .anyMatch(i -> i != edited && settling.isComputedFromPruned(v.get(i))))
              .orElse(false);
      if (changed) {
        throw reach.blocked("cuts another axis at the number of channels");
      }
    }
  }
}
