package org.fnprune.capture;

import ai.onnx.proto.OnnxMl.GraphProto;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.fnprune.model.Subgraphs;

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
        wanted.addAll(graph.getNode(producer).getInputList());
        Subgraphs.reads(graph.getNode(producer)).forEach(wanted::add);
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
}
