package org.fnprune.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashSet;
import java.util.Set;

/** All names of tensors in a graph and its subgraphs, so that new ones can be told apart. */
final class TensorNames {

  private final Set<String> names = new HashSet<>();

  static TensorNames of(GraphProto graph) {
    TensorNames all = new TensorNames();
    all.addAll(graph);
    return all;
  }

  private void addAll(GraphProto graph) {
    graph.getInputList().forEach(input -> names.add(input.getName()));
    graph.getInitializerList().forEach(tensor -> names.add(tensor.getName()));
    for (NodeProto node : graph.getNodeList()) {
      names.addAll(node.getOutputList());
      names.addAll(node.getInputList());
      for (AttributeProto attribute : node.getAttributeList()) {
        if (attribute.hasG()) {
          addAll(attribute.getG());
        }
        attribute.getGraphsList().forEach(this::addAll);
      }
    }
  }

  /** {@code wanted}, or that with a number behind it where it is taken; taken from now on. */
  String fresh(String wanted) {
    String name = wanted;
    for (int i = 1; !names.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }
}
