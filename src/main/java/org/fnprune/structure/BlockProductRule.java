package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.fnprune.model.Attributes;
import org.fnprune.model.ElementType;
import org.fnprune.model.Graph;

/**
 * MatMulNBits: y [.., N] = x [.., K] · Wᵀ (+ bias [N]), where W [N, K] lies packed, each row in
 * blocks of inputs that share a scale:
 *
 * <pre>
 *   x, B [N, blocks, bytes of a block], scales [N·blocks], zero points, g_idx [K], bias [N]
 *   channels at y: rows of W go, and attribute N follows
 *   channels at x: columns of W go, and attribute K follows
 * </pre>
 *
 * <p>B, scales and zero points are cut together ({@link QuantisedWeight}), as one matrix [N, K].
 */
final class BlockProductRule implements OperatorRule {

  private static final int WEIGHT = 1;
  private static final int GROUPS = 4;
  private static final int BIAS = 5;

  @Override
  public Optional<Weight> weight(Shapes shapes, NodeProto node) {
    return shapes
        .graph()
        .constant(node.getInput(WEIGHT))
        .filter(w -> size(node, "N") > 0 && size(node, "K") > 0)
        .map(w -> new Weight(WEIGHT, size(node, "N")));
  }

  @Override
  public void reach(Reach reach) {
    ChannelLayout layout = reach.channels();
    if (!reach.forward()) {
      made(reach, layout);
    } else if (reach.port() != 0) {
      throw reach.blocked("uses the channels as a parameter");
    } else if (layout.isOnlyOn(-1)) {
      consumed(reach, layout);
    } else {
      made(reach, reach.propagation().only(layout, axis -> axis != -1));
    }
  }

  private static void consumed(Reach reach, ChannelLayout layout) {
    requirePlain(reach);
    cut(reach, layout);
    count(reach, "K", reach.node().getInput(0), false);
    reach.propagation().consume(new Projection(reach.index(), 0, WEIGHT, true));
  }

  /** Channels of the result: on its last axis they are rows of W, on others they are x's. */
  private static void made(Reach reach, ChannelLayout layout) {
    if (layout.axes().stream().anyMatch(axis -> axis != -1)) {
      reach.input(0, reach.propagation().only(layout, axis -> axis != -1));
    }
    if (layout.isOn(-1)) {
      requirePlain(reach);
      ChannelLayout rows = reach.propagation().only(layout, axis -> axis == -1);
      cut(reach, rows.moved(axis -> -2));
      if (!reach.input(BIAS).isEmpty()) {
        reach.input(BIAS, rows);
      }
      count(reach, "N", reach.node().getOutput(0), true);
    }
    reach.output(0, layout);
  }

  private static void cut(Reach reach, ChannelLayout layout) {
    NodeProto node = reach.node();
    ImmutableList<Long> shape = ImmutableList.of((long) size(node, "N"), (long) size(node, "K"));
    reach.propagation().cut(reach, WEIGHT, layout, shape);
  }

  /** An attribute that says how many channels there are. */
  private static void count(Reach reach, String attribute, String tensor, boolean made) {
    reach
        .propagation()
        .edit(
            reach.index(),
            made ? GROUPS : 0,
            settling ->
                settling
                    .of(tensor)
                    .filter(axis -> axis.axis() == -1)
                    .map(axis -> new GraphEdit.AttributeEdit(reach.index(), attribute, -1, axis))
                    .map(GraphEdit.class::cast)
                    .stream());
  }

  private static void requirePlain(Reach reach) {
    if (Attributes.integer(reach.node(), "weight_prepacked", 0) != 0) {
      throw reach.blocked("holds its weight in the order of one processor (weight_prepacked)");
    }
    Graph.Use use = new Graph.Use(reach.index(), WEIGHT);
    if (QuantisedWeight.of(reach.propagation().graph(), use).isEmpty()) {
      throw reach.blocked("has no constant integers and scales");
    }
    String groups = reach.input(GROUPS);
    if (!groups.isEmpty() && !isTrivial(reach.propagation().graph(), reach.node(), groups)) {
      throw reach.blocked("gives its inputs to blocks in an order of its own (g_idx)");
    }
  }

  /** Whether input k is in block k / block size. */
  private static boolean isTrivial(Graph graph, NodeProto node, String groups) {
    long block = Attributes.integer(node, "block_size", 1);
    long[] found =
        graph
            .constantData(groups)
            .filter(d -> d.type() == ElementType.INT32 || d.type() == ElementType.INT64)
            .map(data -> data.toLongs())
            .orElse(new long[0]);
    return found.length > 0
        && Stream.iterate(0, i -> i < found.length, i -> i + 1).allMatch(i -> found[i] == i / block)
        && Arrays.stream(found).allMatch(g -> g >= 0);
  }

  private static int size(NodeProto node, String attribute) {
    return Math.toIntExact(Attributes.integer(node, attribute, 0));
  }
}
