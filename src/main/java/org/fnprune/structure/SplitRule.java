package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.fnprune.model.Attributes;
import org.fnprune.structure.GraphEdit.SplitEdit;

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
    if (reach.forward() && reach.port() != 0) {
      throw reach.blocked("uses the channels as sizes");
    }
    NodeProto node = reach.node();
    int axis = reach.axisFromEnd(Attributes.integer(node, "axis", 0), reach.tensor());
    if (!reach.channels().isOn(axis)) {
      reach.input(0, reach.channels());
      for (int i = 0; i < node.getOutputCount(); i++) {
        reach.output(i, reach.channels());
      }
      return;
    }
    List<Integer> sizes = sizes(reach, axis);
    ChannelLayout whole = whole(reach, axis, sizes);
    reach.input(0, whole);
    int from = 0;
    for (int i = 0; i < sizes.size(); i++) {
      reach.output(i, whole.range(axis, from, from + sizes.get(i)));
      from += sizes.get(i);
    }
    reach.propagation().edit(reach.index(), settling -> edits(reach, settling, axis));
  }

  /** The channels of the input: known when it was reached, else new around the reached part. */
  private static ChannelLayout whole(Reach reach, int axis, List<Integer> sizes) {
    if (reach.forward()) {
      return reach.channels();
    }
    List<ChannelLayout> parts = new ArrayList<>();
    for (int i = 0; i < sizes.size(); i++) {
      parts.add(
          i == reach.port()
              ? reach.channels()
              : reach.propagation().freshLike(reach.channels(), axis, sizes.get(i)));
    }
    return ChannelLayout.concatenated(axis, parts);
  }

  private static boolean hasSizes(NodeProto node) {
    return (node.getInputCount() > 1 && !node.getInput(1).isEmpty())
        || !Attributes.integers(node, "split").isEmpty();
  }

  private static List<Integer> sizes(Reach reach, int axis) {
    NodeProto node = reach.node();
    List<Integer> sizes = new ArrayList<>();
    for (String output : node.getOutputList()) {
      sizes.add(
          reach
              .shapes()
              .size(output, axis)
              .filter(size -> size.isKnown() && size.factor() <= ChannelLayout.MOST)
              .map(size -> Math.toIntExact(size.factor()))
              .orElseThrow(() -> reach.blocked("has parts whose sizes cannot be told")));
    }
    int total = sizes.stream().mapToInt(Integer::intValue).sum();
    if (reach.forward() && total != reach.channels().size(axis)) {
      throw reach.blocked("splits " + total + " channels, not " + reach.channels().size(axis));
    }
    return sizes;
  }

  private static Stream<GraphEdit> edits(Reach reach, Settling settling, int axis) {
    ImmutableList<ChannelAxis> parts =
        reach.node().getOutputList().stream()
            .map(output -> settling.of(output).orElseThrow())
            .collect(ImmutableList.toImmutableList());
    if (parts.get(0).axis() != axis) {
      return Stream.empty();
    }
    if (hasSizes(reach.node())) {
      return Stream.of(new SplitEdit(reach.index(), parts));
    }
    List<Integer> first = sorted(parts.get(0));
    if (parts.stream().anyMatch(part -> !sorted(part).equals(first))) {
      throw reach.blocked("splits into equal parts, which would become unequal");
    }
    return Stream.empty();
  }

  private static List<Integer> sorted(ChannelAxis axis) {
    return axis.channels().stream().sorted().boxed().toList();
  }
}
