package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.collect.ImmutableSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.fnprune.model.Graph;
import org.fnprune.model.Subgraphs;

/**
 * Finds the weights that are multiplied by in the body of a Loop or Scan, into which channels are
 * not followed: what it carries from one turn to the next would have to be followed as well.
 *
 * @param node inside the body
 * @param weight a matrix of the body or of the graph around it
 */
record LoopWeights(NodeProto node, TensorProto weight) {

  private static final Set<String> PRODUCTS =
      ImmutableSet.of("MatMul", "FusedMatMul", "Gemm", "FusedGemm", "MatMulInteger", "MatMulNBits");

  /** The weights inside a node's subgraphs; none for nodes without. */
  static Stream<LoopWeights> of(Graph graph, NodeProto node) {
    return Subgraphs.of(node).flatMap(Subgraphs::andInside).flatMap(body -> of(graph, body));
  }

  private static Stream<LoopWeights> of(Graph graph, GraphProto body) {
    Map<String, TensorProto> own = new HashMap<>();
    body.getInitializerList().forEach(tensor -> own.put(tensor.getName(), tensor));
    return body.getNodeList().stream()
        .filter(node -> PRODUCTS.contains(node.getOpType()))
        .flatMap(
            node ->
                node.getInputList().stream()
                    .flatMap(
                        input ->
                            Optional.ofNullable(own.get(input))
                                .or(() -> graph.constant(input))
                                .stream())
                    .filter(tensor -> tensor.getDimsCount() >= 2)
                    .limit(1)
                    .map(tensor -> new LoopWeights(node, tensor)));
  }
}
