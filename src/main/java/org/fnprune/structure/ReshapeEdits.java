package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.fnprune.structure.GraphEdit.NewSize;
import org.fnprune.structure.GraphEdit.ShapeEdit;

/** The numbers in the shape of a Reshape or Expand that must change with the channels. */
record ReshapeEdits(Reach reach) implements PendingEdit {

  private static final int SHAPE = 1;

  @Override
  public Stream<GraphEdit> settle(Settling settling) {
    NodeProto node = reach.node();
    Optional<ChannelAxis> out = settling.of(node.getOutput(0));
    Optional<ImmutableList<ShapeElement>> target = reach.shapes().values(node.getInput(SHAPE));
    if (target.isEmpty()) {
      int rank = reach.sizes(node.getOutput(0)).size();
      return out.stream().map(axis -> edit(axis.axis() + rank, rank, new NewSize.Kept(axis)));
    }
    List<GraphEdit> edits = new ArrayList<>();
    int length = target.get().size();
    for (int i = 0; i < target.get().size(); i++) {
      int fromEnd = i - target.get().size();
      ShapeElement element = target.get().get(i);
      Optional<ChannelAxis> pruned = out.filter(axis -> axis.axis() == fromEnd);
      (pruned.isPresent()
              ? pruned(element, i, pruned.get(), target.get(), settling)
              : other(element, target.get(), settling))
          .ifPresent(size -> edits.add(edit(fromEnd + length, length, size)));
    }
    return edits.stream();
  }

  private GraphEdit edit(int element, int length, NewSize size) {
    return new ShapeEdit(reach.index(), SHAPE, element, length, size);
  }

  /** The element that describes the axis that gets shorter. */
  private Optional<NewSize> pruned(
      ShapeElement element,
      int position,
      ChannelAxis axis,
      List<ShapeElement> target,
      Settling settling) {
    boolean expand = reach.node().getOpType().equals("Expand");
    if (element.size().is(-1)
        || (expand && element.size().is(1))
        || (element.size().is(0) && copies(position, axis, settling))) {
      return Optional.empty();
    }
    Size whole = reach.sizes(reach.node().getOutput(0)).get(position);
    if (whole.isKnown()) {
      return Optional.of(new NewSize.Kept(axis));
    }
    boolean scalable = hasInferred(target) && !settling.isComputedFromPruned(element);
    return Optional.of(scalable ? new NewSize.Scaled(axis) : inferred(target));
  }

  /** Whether a 0, which stands for the input's size at the same place, is still right. */
  private boolean copies(int position, ChannelAxis axis, Settling settling) {
    String input = reach.node().getInput(0);
    int fromEnd = position - reach.sizes(input).size();
    return settling
        .of(input)
        .map(in -> in.axis() == fromEnd && in.channels().equals(axis.channels()))
        .orElse(false);
  }

  /** Another element must stay what it is, though it may be computed from what gets shorter. */
  private Optional<NewSize> other(
      ShapeElement element, List<ShapeElement> target, Settling settling) {
    if (element.size().is(-1) || !settling.isComputedFromPruned(element)) {
      return Optional.empty();
    }
    return Optional.of(
        element.size().isKnown() ? new NewSize.Fixed(element.size().factor()) : inferred(target));
  }

  private static boolean hasInferred(List<ShapeElement> target) {
    return target.stream().anyMatch(e -> e.size().is(-1));
  }

  private NewSize inferred(List<ShapeElement> target) {
    if (hasInferred(target)) {
      throw reach.blocked("has a shape with two sizes that would have to be inferred");
    }
    return new NewSize.Inferred();
  }
}
