package org.fnprune.rewrite;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.fnprune.model.Graph;
import org.fnprune.model.Subgraphs;

/** Removes nodes and initialisers that were read in the dense graph and no longer are. */
final class Orphans {

  private Orphans() {}

  static GraphProto remove(GraphProto.Builder graph, Graph dense) {
    boolean changed = true;
    while (changed) {
      Set<String> read = reads(graph.build());
      List<NodeProto> kept = new ArrayList<>();
      for (NodeProto node : graph.getNodeList()) {
        boolean used = node.getOutputList().stream().anyMatch(read::contains);
        boolean wasUsed = node.getOutputList().stream().anyMatch(o -> wasRead(o, dense));
        if (used || !wasUsed) {
          kept.add(node);
        }
      }
      changed = kept.size() < graph.getNodeCount();
      graph.clearNode().addAllNode(kept);
    }
    Set<String> read = reads(graph.build());
    var initializers =
        graph.getInitializerList().stream()
            .filter(t -> read.contains(t.getName()) || !wasRead(t.getName(), dense))
            .toList();
    return graph.clearInitializer().addAllInitializer(initializers).build();
  }

  private static boolean wasRead(String tensor, Graph dense) {
    return !dense.uses(tensor).isEmpty() || !dense.capturedBy(tensor).isEmpty();
  }

  private static Set<String> reads(GraphProto graph) {
    Set<String> read = new HashSet<>();
    graph.getOutputList().forEach(output -> read.add(output.getName()));
    for (NodeProto node : graph.getNodeList()) {
      read.addAll(node.getInputList());
      Subgraphs.reads(node).forEach(read::add);
    }
    return read;
  }
}
