package org.fnprune.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import java.util.function.UnaryOperator;

/** Gives tensors other names, in a node's subgraphs too. Empty names, of inputs left out, stay. */
final class Renaming {

  private Renaming() {}

  /** A node with other tensor names; its own name stays. */
  static NodeProto of(NodeProto node, UnaryOperator<String> names) {
    NodeProto.Builder renamed = node.toBuilder();
    for (int i = 0; i < node.getInputCount(); i++) {
      renamed.setInput(i, name(node.getInput(i), names));
    }
    for (int i = 0; i < node.getOutputCount(); i++) {
      renamed.setOutput(i, name(node.getOutput(i), names));
    }
    for (AttributeProto.Builder attribute : renamed.getAttributeBuilderList()) {
      if (attribute.hasG()) {
        rename(attribute.getGBuilder(), names);
      }
      attribute.getGraphsBuilderList().forEach(graph -> rename(graph, names));
    }
    return renamed.build();
  }

  private static void rename(GraphProto.Builder graph, UnaryOperator<String> names) {
    graph.getInputBuilderList().forEach(i -> i.setName(name(i.getName(), names)));
    graph.getOutputBuilderList().forEach(o -> o.setName(name(o.getName(), names)));
    graph.getValueInfoBuilderList().forEach(v -> v.setName(name(v.getName(), names)));
    graph.getInitializerBuilderList().forEach(t -> t.setName(name(t.getName(), names)));
    for (SparseTensorProto.Builder sparse : graph.getSparseInitializerBuilderList()) {
      sparse.getValuesBuilder().setName(name(sparse.getValues().getName(), names));
    }
    for (int i = 0; i < graph.getNodeCount(); i++) {
      graph.setNode(i, of(graph.getNode(i), names));
    }
  }

  private static String name(String tensor, UnaryOperator<String> names) {
    return tensor.isEmpty() ? tensor : names.apply(tensor);
  }
}
