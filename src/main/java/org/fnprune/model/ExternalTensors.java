package org.fnprune.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Tensors whose data lies outside the model file: initialisers, and constants in attributes, of the
 * main graph and of the subgraphs in its nodes (If, Loop).
 */
final class ExternalTensors {

  private ExternalTensors() {}

  static Stream<TensorProto> of(GraphProto graph) {
    Stream<TensorProto> inAttributes =
        graph.getNodeList().stream()
            .map(NodeProto::getAttributeList)
            .flatMap(list -> list.stream())
            .flatMap(ExternalTensors::of);
    return Stream.concat(
        graph.getInitializerList().stream().filter(ExternalTensors::isExternal), inAttributes);
  }

  private static Stream<TensorProto> of(AttributeProto attribute) {
    Stream<TensorProto> tensors =
        Stream.concat(Stream.of(attribute.getT()), attribute.getTensorsList().stream());
    Stream<GraphProto> graphs =
        Stream.concat(Stream.of(attribute.getG()), attribute.getGraphsList().stream());
    return Stream.concat(
        tensors.filter(ExternalTensors::isExternal), graphs.flatMap(ExternalTensors::of));
  }

  /** Replaces every initialiser and tensor attribute of a graph, of its subgraphs too. */
  static void replaceAll(GraphProto.Builder graph, UnaryOperator<TensorProto> change) {
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      graph.setInitializer(i, change.apply(graph.getInitializer(i)));
    }
    for (NodeProto.Builder node : graph.getNodeBuilderList()) {
      for (AttributeProto.Builder attribute : node.getAttributeBuilderList()) {
        if (attribute.hasT()) {
          attribute.setT(change.apply(attribute.getT()));
        }
        if (attribute.hasG()) {
          replaceAll(attribute.getGBuilder(), change);
        }
        attribute.getGraphsBuilderList().forEach(subgraph -> replaceAll(subgraph, change));
      }
    }
  }

  static boolean isExternal(TensorProto tensor) {
    return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
  }
}
