package org.fnprune.capture;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Drops the nodes that no output of a graph depends on. */
final class LiveNodes {

  private LiveNodes() {}

  static GraphProto only(GraphProto graph) {
    Map<String, Integer> producers = new HashMap<>();
    for (int i = 0; i < graph.getNodeCount(); i++) {
      for (String output : graph.getNode(i).getOutputList()) {
        producers.put(output, i);
      }
    }
    Deque<String> wanted = new ArrayDeque<>();
    graph.getOutputList().forEach(output -> wanted.add(output.getName()));
    Set<Integer> live = new HashSet<>();
    while (!wanted.isEmpty()) {
      Integer producer = producers.get(wanted.remove());
      if (producer != null && live.add(producer)) {
        addInputs(graph.getNode(producer), wanted);
      }
    }
    GraphProto.Builder pruned = graph.toBuilder().clearNode();
    for (int i = 0; i < graph.getNodeCount(); i++) {
      if (live.contains(i)) {
        pruned.addNode(graph.getNode(i));
      }
    }
    return pruned.build();
  }

  /** A node depends on its inputs and on what its subgraphs read from outside. */
  private static void addInputs(NodeProto node, Deque<String> wanted) {
    wanted.addAll(node.getInputList());
    for (AttributeProto attribute : node.getAttributeList()) {
      attribute.getGraphsList().forEach(g -> addSubgraph(g, wanted));
      if (attribute.hasG()) {
        addSubgraph(attribute.getG(), wanted);
      }
    }
  }

  private static void addSubgraph(GraphProto subgraph, Deque<String> wanted) {
    subgraph.getNodeList().forEach(node -> addInputs(node, wanted));
    subgraph.getOutputList().forEach(output -> wanted.add(output.getName()));
  }
}
