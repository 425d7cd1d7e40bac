package org.fnprune.capture;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.common.collect.ImmutableList;
import java.util.List;
import org.fnprune.model.ElementType;
import org.fnprune.model.TensorData;

/** Adds nodes, inputs and outputs to a graph that is to be measured. */
final class Taps {

  /** The name of the mask input: one for tokens, zero for padding, batch × sequence. */
  static final String MASK = "fnprune_token_mask";

  /** The mask as tokens × 1. */
  static final String MASK_COLUMN = "fnprune_mask_column";

  /** The mask as 1 × tokens. */
  static final String MASK_ROW = "fnprune_mask_row";

  private final GraphProto.Builder graph;

  /** Drops the graph's own outputs: only what is tapped is computed. */
  Taps(GraphProto dense) {
    graph = dense.toBuilder().clearOutput().clearValueInfo();
    input(MASK);
    reshape(MASK, MASK_COLUMN, -1, 1);
    reshape(MASK, MASK_ROW, 1, -1);
  }

  /** A float input of any shape. */
  void input(String name) {
    graph.addInput(floatTensor(name));
  }

  /** A float output. */
  void output(String name) {
    graph.addOutput(floatTensor(name));
  }

  void add(String operator, String output, String... inputs) {
    graph.addNode(node(operator, output, inputs));
  }

  /** leftᵀ · right. */
  void gramian(String output, String left, String right) {
    graph.addNode(node("Gemm", output, left, right).addAttribute(integer("transA", 1)));
  }

  /** A float32 tensor whatever the element type, as rows × width; returns its name. */
  String rows(String tensor, long width, String prefix) {
    graph.addNode(
        node("Cast", prefix + "_float", tensor)
            .addAttribute(integer("to", ElementType.FLOAT.number())));
    reshape(prefix + "_float", prefix + "_rows", -1, width);
    return prefix + "_rows";
  }

  void reshape(String from, String to, long... shape) {
    String name = to + "_shape";
    graph.addInitializer(
        TensorData.ofLongs(name, ImmutableList.of((long) shape.length), shape).toProto());
    add("Reshape", to, from, name);
  }

  /** The graph with the nodes that its outputs depend on, and no others. */
  GraphProto build() {
    return LiveNodes.only(graph.build());
  }

  private static NodeProto.Builder node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(output)
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  private static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private static ValueInfoProto.Builder floatTensor(String name) {
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(ElementType.FLOAT.number())));
  }
}
