package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Arrays;
import java.util.Optional;
import org.fnprune.model.ElementType;
import org.fnprune.model.Graph;

/**
 * The constant that a weight is stored in: the operand itself, or small integers that a
 * DequantizeLinear makes the operand of.
 */
final class StoredWeight {

  private StoredWeight() {}

  /** The constant behind input {@code input}, if there is one. */
  static Optional<TensorProto> of(Graph graph, NodeProto node, int input) {
    String tensor = input < node.getInputCount() ? node.getInput(input) : "";
    return graph.constant(tensor).or(() -> dequantised(graph, tensor));
  }

  /** The integers that a tensor is dequantised from, by scales that are known. */
  private static Optional<TensorProto> dequantised(Graph graph, String tensor) {
    return graph
        .producer(tensor)
        .map(graph::node)
        .filter(node -> Graph.is(node, "DequantizeLinear"))
        .filter(node -> graph.constant(node.getInput(1)).isPresent())
        .flatMap(node -> graph.constant(node.getInput(0)));
  }

  /** The node input that reads the constant behind input {@code input} of a node. */
  static Graph.Use use(Graph graph, int node, int input) {
    String tensor = graph.node(node).getInput(input);
    return graph.constant(tensor).isPresent()
        ? new Graph.Use(node, input)
        : graph
            .producer(tensor)
            .filter(maker -> Graph.is(graph.node(maker), "DequantizeLinear"))
            .map(maker -> new Graph.Use(maker, 0))
            .orElseThrow();
  }

  /** Whether a constant's values are small integers that stand for real numbers. */
  static boolean isQuantised(TensorProto tensor) {
    return Arrays.stream(ElementType.values())
        .anyMatch(type -> type.number() == tensor.getDataType() && type.isQuantised());
  }
}
