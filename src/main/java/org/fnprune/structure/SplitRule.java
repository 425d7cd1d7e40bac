package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.fnprune.model.Attributes;

/**
 * Split of packed projections, such as gate and up in one matrix:
 *
 * <pre>
 *   y [.., 2I] → Split → gate [.., I], up [.., I]
 * </pre>
 *
 * <p>Along another axis than the channels' every part carries them all. Along the channels' own
 * axis each part carries its range; sizes written into the graph are edited.
 */
final class SplitRule implements OperatorRule {

  @Override
  public void reach(Reach reach) {
    NodeProto node = reach.node();
    ChannelPropagation propagation = reach.propagation();
    OptionalInt rank = propagation.rank(node.getInput(0));
    long axis = Attributes.integer(node, "axis", 0);
    if (axis >= 0 && rank.isEmpty()) {
      throw reach.blocked("splits axis " + axis + " of a tensor of unknown rank");
    }
    int fromEnd = (int) (axis < 0 ? axis : axis - rank.orElseThrow());
    if (fromEnd != reach.channels().axis()) {
      propagation.operand(reach, 0, reach.channels());
      node.getOutputList().forEach(output -> propagation.mark(output, reach.channels()));
    } else if (!propagation.isMarked(node.getInput(0)) || reach.forward()) {
      splitChannels(reach);
    }
  }

  private static void splitChannels(Reach reach) {
    NodeProto node = reach.node();
    boolean sized = node.getInputCount() > 1 && !node.getInput(1).isEmpty();
    List<Integer> sizes = sizes(reach, sized);
    int total = sizes.stream().mapToInt(Integer::intValue).sum();
    ChannelPropagation propagation = reach.propagation();
    ImmutableIntArray whole = wholeAxis(reach, sizes, total);
    ImmutableList.Builder<ChannelAxis> parts = ImmutableList.builder();
    int from = 0;
    for (int i = 0; i < sizes.size(); i++) {
      ChannelAxis part =
          new ChannelAxis(reach.channels().axis(), whole.subArray(from, from + sizes.get(i)));
      from += sizes.get(i);
      parts.add(part);
      propagation.mark(node.getOutput(i), part);
    }
    propagation.operand(reach, 0, new ChannelAxis(reach.channels().axis(), whole));
    if (reach.forward()) {
      boolean attribute = !Attributes.integers(node, "split").isEmpty();
      propagation.edit(new SplitEdit(reach.index(), parts.build(), sized || attribute));
    }
  }

  /** The channels of the input: known when it was reached, else new around the reached part. */
  private static ImmutableIntArray wholeAxis(Reach reach, List<Integer> sizes, int total) {
    if (reach.forward()) {
      if (total != reach.channels().width()) {
        throw reach.blocked("splits " + total + " channels, not " + reach.channels().width());
      }
      return reach.channels().channels();
    }
    ImmutableIntArray.Builder whole = ImmutableIntArray.builder(total);
    for (int i = 0; i < sizes.size(); i++) {
      whole.addAll(
          i == reach.port()
              ? reach.channels().channels()
              : reach.propagation().fresh(sizes.get(i)));
    }
    return whole.build();
  }

  private static List<Integer> sizes(Reach reach, boolean sized) {
    NodeProto node = reach.node();
    if (sized) {
      List<Integer> sizes = new ArrayList<>();
      var constant = reach.propagation().graph().constantData(node.getInput(1));
      for (long size : constant.orElseThrow(() -> reach.blocked("computes its sizes")).toLongs()) {
        sizes.add(Math.toIntExact(size));
      }
      return sizes;
    }
    List<Long> attribute = Attributes.integers(node, "split");
    if (!attribute.isEmpty()) {
      return attribute.stream().map(Math::toIntExact).toList();
    }
    int parts = node.getOutputCount();
    int width = reach.channels().width();
    if (reach.forward() && width % parts != 0) {
      throw reach.blocked("splits " + width + " channels into " + parts + " unequal parts");
    }
    return Collections.nCopies(parts, reach.forward() ? width / parts : width);
  }
}
