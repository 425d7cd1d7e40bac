package org.fnprune.rewrite;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableList;
import java.util.OptionalInt;
import org.fnprune.model.Graph;
import org.fnprune.model.TensorData;

/**
 * Changes one number of a shape that the graph computes. Exporters share such shapes between
 * layers, so the computation is copied for the one node that needs another number:
 *
 * <pre>
 *   Concat(b, s, [160]) → Reshape      becomes      Concat(b, s, [96])' → Reshape
 * </pre>
 */
final class ShapeEditor {

  private final GraphEditor editor;

  ShapeEditor(GraphEditor editor) {
    this.editor = editor;
  }

  /**
   * Sets element {@code fromEnd} (−1 is the last) of the shape that Reshape {@code node} reads.
   *
   * @throws IllegalStateException when the number is not written in the graph where it was found
   */
  void set(int node, int fromEnd, long value) {
    NodeProto.Builder reshape = editor.node(node);
    reshape.setInput(1, retarget(node, reshape.getInput(1), fromEnd, value));
  }

  private String retarget(int before, String tensor, int fromEnd, long value) {
    Graph graph = editor.dense();
    var constant = graph.constantData(tensor);
    if (constant.isPresent()) {
      return changed(constant.get(), tensor, fromEnd, value);
    }
    NodeProto node = graph.producer(tensor).map(graph::node).orElseThrow();
    int input = 0;
    int within = fromEnd;
    if (node.getOpType().equals("Concat")) {
      input = node.getInputCount() - 1;
      for (int length = length(node.getInput(input)); within < -length; ) {
        within += length;
        input--;
        length = length(node.getInput(input));
      }
    } else if (!node.getOpType().matches("Cast|Identity|Unsqueeze|Squeeze")) {
      throw new IllegalStateException("no number to change behind " + node.getOpType());
    }
    String copy = editor.freshName(tensor + "_pruned");
    editor.insertBefore(
        before,
        node.toBuilder()
            .setName(editor.freshName(node.getName() + "_pruned"))
            .setInput(input, retarget(before, node.getInput(input), within, value))
            .setOutput(0, copy)
            .build());
    return copy;
  }

  private String changed(TensorData constant, String tensor, int fromEnd, long value) {
    long[] values = constant.toLongs();
    values[values.length + fromEnd] = value;
    String name = editor.freshName(tensor + "_pruned");
    editor.put(TensorData.ofLongs(name, ImmutableList.copyOf(constant.dims()), values).toProto());
    return name;
  }

  /** Elements of a part of a Concat: its constant's, or one for a computed size. */
  private int length(String tensor) {
    OptionalInt constant =
        editor
            .dense()
            .constantData(tensor)
            .map(t -> OptionalInt.of((int) t.elements()))
            .orElse(OptionalInt.empty());
    return constant.orElse(1);
  }
}
