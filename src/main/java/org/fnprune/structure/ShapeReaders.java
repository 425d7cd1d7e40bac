package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.fnprune.model.Graph;
import org.fnprune.structure.ShapeExpression.Element;

/**
 * Checks what is computed from the size of a pruned axis. Where it only becomes the shape of a
 * Reshape of the same channels, it adapts by itself; anywhere else (a scale, a mask, a range) the
 * result would change, and the channels are refused.
 */
final class ShapeReaders {

  private final ChannelPropagation propagation;
  private final ShapeExpression expressions;
  private final Set<Integer> seen = new HashSet<>();

  private ShapeReaders(ChannelPropagation propagation) {
    this.propagation = propagation;
    this.expressions = propagation.shapeExpressions();
  }

  /**
   * Checks all Shape nodes that read a tensor with channels.
   *
   * @throws Blocked when a size is used for anything but such a Reshape
   */
  static void check(ChannelPropagation propagation, List<Integer> shapeNodes) {
    ShapeReaders readers = new ShapeReaders(propagation);
    Deque<Integer> open = new ArrayDeque<>(shapeNodes);
    while (!open.isEmpty()) {
      int index = open.remove();
      if (readers.seen.add(index)) {
        readers.follow(index, open);
      }
    }
  }

  private void follow(int index, Deque<Integer> open) {
    Graph graph = propagation.graph();
    NodeProto node = graph.node(index);
    String output = node.getOutput(0);
    if (!mayHoldChannelCount(output)) {
      return;
    }
    if (graph.isOutput(output) || !graph.capturedBy(output).isEmpty()) {
      throw new Blocked("the size of its outputs leaves the graph through '" + output + "'");
    }
    for (Graph.Use use : graph.uses(output)) {
      NodeProto reader = graph.node(use.node());
      if (Graph.is(reader, "Reshape") && use.input() == 1) {
        requireSameChannels(reader);
      } else if (expressions.of(reader.getOutput(0)).isPresent()) {
        open.add(use.node());
      } else {
        throw new Blocked(
            reader.getOpType()
                + " '"
                + reader.getName()
                + "' computes with the number of channels");
      }
    }
  }

  private void requireSameChannels(NodeProto reshape) {
    if (!propagation.isMarked(reshape.getOutput(0))) {
      throw new Blocked(
          "Reshape '" + reshape.getName() + "' gives another tensor the number of channels");
    }
  }

  private boolean mayHoldChannelCount(String tensor) {
    Optional<List<Element>> elements = expressions.of(tensor);
    return elements.isEmpty()
        || elements.get().stream()
            .anyMatch(
                e ->
                    e instanceof Element.Unknown
                        || (e instanceof Element.Dim dim
                            && propagation.carries(dim.tensor(), dim.axis())));
  }
}
