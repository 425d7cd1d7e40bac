package org.fnprune.capture;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.common.collect.ImmutableList;
import java.util.List;
import org.fnprune.model.ElementType;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TensorData;

/**
 * Adds to a model what measures it: tensors as rows of tokens, their sums and their products.
 *
 * <pre>
 *   mask [b, s] ─ Reshape [t, 1] ─ Cast ─┐
 *   h [.., d] ─ Reshape [t, d] ─ Where(mask, h, 0) ─ rows, zero where there is padding
 * </pre>
 *
 * <p>The mask is a new input, one for tokens and zero for padding; what padding computes may be
 * anything, NaN too. The model's own outputs go, and every node that only they depend on.
 */
final class Taps {

  /** The name of the mask input, batch × sequence. */
  static final String MASK = "fnprune_token_mask";

  private static final String COLUMN = "fnprune_mask_column";
  private static final String ROW = "fnprune_mask_row";
  private static final String ZERO = "fnprune_zero";

  private final OnnxModel model;
  private final ModelProto.Builder edited;
  private final GraphProto.Builder graph;

  Taps(OnnxModel model) {
    this.model = model;
    this.edited = model.edit();
    this.graph = edited.getGraphBuilder().clearOutput();
    input(MASK);
    reshape(MASK, COLUMN + "_float", -1, 1);
    cast(COLUMN + "_float", COLUMN, ElementType.BOOL);
    reshape(MASK, ROW, 1, -1);
    graph.addInitializer(TensorData.ofFloats(ZERO, ImmutableList.of(), new float[] {0}).toProto());
  }

  /** A float input of any shape. */
  void input(String name) {
    graph.addInput(floatTensor(name));
  }

  /** A float output. */
  void output(String name) {
    graph.addOutput(floatTensor(name));
  }

  /** Makes {@code output} from {@code inputs}. */
  void add(String operator, String output, String... inputs) {
    graph.addNode(node(operator, output, inputs));
  }

  /**
   * Makes {@code rows} from a tensor of any floating-point type: float32, tokens × width, zero
   * where there is padding.
   */
  void rows(String tensor, long width, String rows) {
    cast(tensor, rows + "_float", ElementType.FLOAT);
    reshape(rows + "_float", rows + "_unmasked", -1, width);
    add("Where", rows, COLUMN, rows + "_unmasked", ZERO);
  }

  /** Outputs the sum over tokens of {@code rows}, 1 × width. */
  void outputSum(String name, String rows) {
    add("MatMul", name, ROW, rows);
    output(name);
  }

  /** Outputs leftᵀ · right. */
  void outputProduct(String name, String left, String right) {
    graph.addNode(node("Gemm", name, left, right, ZERO).addAttribute(integer("transA", 1)));
    output(name);
  }

  /** The model that computes what was tapped, and nothing else. */
  OnnxModel build() {
    edited.setGraph(LiveNodes.only(graph.build()));
    return new OnnxModel(edited.build(), model.file());
  }

  private void cast(String from, String to, ElementType type) {
    graph.addNode(node("Cast", to, from).addAttribute(integer("to", type.number())));
  }

  private void reshape(String from, String to, long... shape) {
    String name = to + "_shape";
    graph.addInitializer(
        TensorData.ofLongs(name, ImmutableList.of((long) shape.length), shape).toProto());
    add("Reshape", to, from, name);
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

  private static ValueInfoProto floatTensor(String name) {
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(ElementType.FLOAT.number())))
        .build();
  }
}
