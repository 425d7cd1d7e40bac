package org.fnprune.model;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.fnprune.common.UsageException;

/**
 * The order in which nodes can run: that of the file, save for nodes that read what comes later.
 * What subgraphs read does not count, for they may have tensors of the same names.
 */
final class NodeOrder {

  private NodeOrder() {}

  /**
   * Finds the order.
   *
   * @param producers the number of the node that makes a tensor
   * @throws UsageException when nodes wait for each other, naming one of the cycle or behind it
   */
  static ImmutableIntArray of(List<NodeProto> nodes, Map<String, Integer> producers) {
    int[] missing = new int[nodes.size()];
    List<List<Integer>> readers = new ArrayList<>();
    nodes.forEach(node -> readers.add(new ArrayList<>(1)));
    for (int i = 0; i < missing.length; i++) {
      for (String input : nodes.get(i).getInputList()) {
        Integer producer = producers.get(input);
        if (producer != null) {
          missing[i]++;
          readers.get(producer).add(i);
        }
      }
    }
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < missing.length; i++) {
      if (missing[i] == 0) {
        ready.add(i);
      }
    }
    ImmutableIntArray.Builder order = ImmutableIntArray.builder(missing.length);
    int ordered = 0;
    while (!ready.isEmpty()) {
      int next = ready.remove();
      order.add(next);
      ordered++;
      for (int reader : readers.get(next)) {
        if (--missing[reader] == 0) {
          ready.add(reader);
        }
      }
    }
    if (ordered < missing.length) {
      throw cycle(nodes, missing);
    }
    return order.build();
  }

  private static UsageException cycle(List<NodeProto> nodes, int[] missing) {
    int first = 0;
    while (missing[first] == 0) {
      first++;
    }
    NodeProto node = nodes.get(first);
    return new UsageException(
        "the model's graph has a cycle: node '"
            + node.getName()
            + "' ("
            + node.getOpType()
            + ") waits for its own result, or for that of nodes that do",
        "the file is damaged; export the model again");
  }
}
