package org.fnprune.model;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.stream.Stream;

/** What happens inside the subgraphs of control-flow nodes (If, Loop, Scan), at any depth. */
public final class Subgraphs {

  private Subgraphs() {}

  /** The subgraphs of a node, without those inside them. */
  public static Stream<GraphProto> of(NodeProto node) {
    return node.getAttributeList().stream()
        .flatMap(
            attribute ->
                Stream.concat(
                    attribute.getGraphsList().stream(),
                    attribute.hasG() ? Stream.of(attribute.getG()) : Stream.empty()));
  }

  /** A graph and all graphs inside it. */
  public static Stream<GraphProto> andInside(GraphProto graph) {
    return Stream.concat(
        Stream.of(graph),
        graph.getNodeList().stream().flatMap(Subgraphs::of).flatMap(Subgraphs::andInside));
  }

  /**
   * The tensors that a node's subgraphs read or hand out: those of the graph around it, and the
   * subgraphs' own. Empty for nodes without subgraphs.
   */
  public static Stream<String> reads(NodeProto node) {
    return of(node).flatMap(Subgraphs::readsOf);
  }

  private static Stream<String> readsOf(GraphProto subgraph) {
    Stream<String> inside =
        subgraph.getNodeList().stream()
            .flatMap(node -> Stream.concat(node.getInputList().stream(), reads(node)));
    return Stream.concat(inside, subgraph.getOutputList().stream().map(output -> output.getName()));
  }
}
