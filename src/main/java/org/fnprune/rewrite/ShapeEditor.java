package org.fnprune.rewrite;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableList;
import java.util.Optional;
import org.fnprune.model.ElementType;
import org.fnprune.model.Graph;
import org.fnprune.model.TensorData;

/**
 * Changes the last number of a shape that the graph computes. Exporters share such shapes between
 * layers, so the computation is copied for the one node that needs another number:
 *
 * <pre>
 *   [-1, 160]           → Reshape   becomes   [-1, 96]                        → Reshape
 *   Concat(b, s, [160]) → Reshape   becomes   Concat(b, s, [96])              → Reshape
 *   anything else       → Reshape   becomes   Concat(Slice(it, 0, -1), [96])  → Reshape
 * </pre>
 */
final class ShapeEditor {

  private static final int SLICE_WITH_INPUTS = 10;

  private final GraphEditor editor;

  ShapeEditor(GraphEditor editor) {
    this.editor = editor;
  }

  /** Sets the last element of the shape that Reshape {@code node} reads. */
  void setLast(int node, long value) {
    NodeProto.Builder reshape = editor.node(node);
    String shape = reshape.getInput(1);
    Graph graph = editor.dense();
    Optional<TensorData> constant = numbers(shape);
    Optional<NodeProto> producer = graph.producer(shape).map(graph::node);
    if (constant.isPresent()) {
      reshape.setInput(1, changed(constant.get(), shape, value));
    } else if (producer.isPresent() && endsInNumbers(producer.get())) {
      reshape.setInput(1, copied(node, producer.get(), value));
    } else {
      reshape.setInput(1, replaced(node, shape, value));
    }
  }

  private Optional<TensorData> numbers(String tensor) {
    return editor
        .dense()
        .constantData(tensor)
        .filter(t -> t.type() == ElementType.INT64 && t.rank() == 1 && t.elements() > 0);
  }

  private boolean endsInNumbers(NodeProto node) {
    return Graph.is(node, "Concat") && numbers(last(node)).isPresent();
  }

  private static String last(NodeProto concat) {
    return concat.getInput(concat.getInputCount() - 1);
  }

  private String changed(TensorData constant, String tensor, long value) {
    long[] values = constant.toLongs();
    values[values.length - 1] = value;
    return vector(tensor + "_pruned", values);
  }

  private String copied(int before, NodeProto concat, long value) {
    String part = changed(numbers(last(concat)).orElseThrow(), last(concat), value);
    String copy = editor.freshName(concat.getOutput(0) + "_pruned");
    editor.insertBefore(
        before,
        concat.toBuilder()
            .setName(editor.freshName(concat.getName() + "_pruned"))
            .setInput(concat.getInputCount() - 1, part)
            .setOutput(0, copy)
            .build());
    return copy;
  }

  private String replaced(int before, String shape, long value) {
    String first = editor.freshName(shape + "_first");
    NodeProto.Builder slice =
        NodeProto.newBuilder().setOpType("Slice").setName(first).addInput(shape).addOutput(first);
    if (editor.dense().model().opset() < SLICE_WITH_INPUTS) {
      slice.addAttribute(integers("starts", 0)).addAttribute(integers("ends", -1));
    } else {
      slice.addInput(vector(first + "_from", 0)).addInput(vector(first + "_to", -1));
    }
    String whole = editor.freshName(shape + "_pruned");
    editor.insertBefore(before, slice.build());
    editor.insertBefore(
        before,
        NodeProto.newBuilder()
            .setOpType("Concat")
            .setName(whole)
            .addInput(first)
            .addInput(vector(whole + "_last", value))
            .addOutput(whole)
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("axis")
                    .setType(AttributeProto.AttributeType.INT)
                    .setI(0))
            .build());
    return whole;
  }

  private static AttributeProto integers(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INTS)
        .addInts(value)
        .build();
  }

  private String vector(String base, long... values) {
    String name = editor.freshName(base);
    editor.put(TensorData.ofLongs(name, ImmutableList.of((long) values.length), values).toProto());
    return name;
  }
}
