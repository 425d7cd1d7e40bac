package org.fnprune.model;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Counts the parameters that are stored as small integers: tensors of 8 or 4 bits with two axes or
 * more. Zero points are none, and bytes of a MatMulNBits hold as many as its attributes say.
 */
final class QuantisedParameters {

  private static final int ZERO_POINTS_OF_DEQUANTISER = 2;
  private static final int ZERO_POINTS_OF_PRODUCT = 3;

  private QuantisedParameters() {}

  /** Parameters of a graph and all inside it. */
  static long of(GraphProto graph) {
    Map<String, Long> packed = new HashMap<>();
    Set<String> zeroPoints = new HashSet<>();
    Subgraphs.andInside(graph)
        .flatMap(g -> g.getNodeList().stream())
        .forEach(
            node -> {
              switch (node.getOpType()) {
                case "DequantizeLinear" -> add(zeroPoints, node, ZERO_POINTS_OF_DEQUANTISER);
                case "MatMulNBits" -> {
                  add(zeroPoints, node, ZERO_POINTS_OF_PRODUCT);
                  packed.put(node.getInput(1), matrix(node));
                }
                default -> {}
              }
            });
    return Subgraphs.andInside(graph)
        .flatMap(g -> g.getInitializerList().stream())
        .filter(QuantisedParameters::isWeight)
        .filter(tensor -> !zeroPoints.contains(tensor.getName()))
        .mapToLong(tensor -> packed.getOrDefault(tensor.getName(), Tensors.elements(tensor)))
        .sum();
  }

  private static void add(Set<String> names, NodeProto node, int input) {
    if (input < node.getInputCount()) {
      names.add(node.getInput(input));
    }
  }

  private static long matrix(NodeProto node) {
    return Math.multiplyExact(Attributes.integer(node, "N", 0), Attributes.integer(node, "K", 0));
  }

  private static boolean isWeight(TensorProto tensor) {
    return tensor.getDimsCount() > 1
        && Arrays.stream(ElementType.values())
            .anyMatch(type -> type.number() == tensor.getDataType() && type.isQuantised());
  }
}
