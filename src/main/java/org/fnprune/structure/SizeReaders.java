package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.fnprune.model.Graph;

/**
 * Checks what is computed from the size of a pruned axis. Where it only becomes the shape of an
 * operator that the channels pass, that operator's rule sees to it; anywhere else (a scale, a mask,
 * a range) the result would change, and the channels are refused.
 */
final class SizeReaders {

  private final ChannelPropagation found;
  private final Settling settling;
  private final Shapes shapes;
  private final Graph graph;

  private SizeReaders(ChannelPropagation found, Settling settling) {
    this.found = found;
    this.settling = settling;
    this.shapes = found.shapes();
    this.graph = found.graph();
  }

  /**
   * Checks all Shape nodes that read a tensor with channels.
   *
   * @throws Blocked when a size is used for anything but such a shape
   */
  static void check(ChannelPropagation found, Settling settling) {
    new SizeReaders(found, settling).check();
  }

  private void check() {
    Set<Integer> seen = new HashSet<>();
    Deque<Integer> open = new ArrayDeque<>();
    for (String tensor : found.tensors().keySet()) {
      for (Graph.Use use : graph.uses(tensor)) {
        if (Graph.is(graph.node(use.node()), "Shape")) {
          open.add(use.node());
        }
      }
    }
    while (!open.isEmpty()) {
      int index = open.remove();
      if (seen.add(index)) {
        follow(index, open);
      }
    }
  }

  private void follow(int index, Deque<Integer> open) {
    graph.node(index).getOutputList().forEach(output -> follow(output, open));
  }

  private void follow(String output, Deque<Integer> open) {
    if (!mayHoldChannelCount(output)) {
      return;
    }
    if (graph.isOutput(output) || !graph.capturedBy(output).isEmpty()) {
      throw new Blocked("the size of its outputs leaves the graph through '" + output + "'");
    }
    for (Graph.Use use : graph.uses(output)) {
      NodeProto reader = graph.node(use.node());
      if (use.input() > 0 && found.editedNodes().contains(use.node())) {
        continue; // Its rule edits what is read here, or has refused.
      }
      if (use.input() > 0 && (Graph.is(reader, "Reshape") || Graph.is(reader, "Expand"))) {
        throw new Blocked(
            reader.getOpType()
                + " '"
                + reader.getName()
                + "' gives another tensor the number of channels");
      }
      if (shapes.values(reader.getOutput(0)).isEmpty()) {
        throw new Blocked(
            reader.getOpType()
                + " '"
                + reader.getName()
                + "' computes with the number of channels");
      }
      open.add(use.node());
    }
  }

  private boolean mayHoldChannelCount(String tensor) {
    Optional<? extends List<ShapeElement>> elements = shapes.values(tensor);
    return elements.isEmpty() || elements.get().stream().anyMatch(settling::isComputedFromPruned);
  }
}
