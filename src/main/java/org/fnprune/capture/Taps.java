package org.fnprune.capture;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Longs;
import java.util.List;
import java.util.stream.IntStream;
import org.fnprune.model.Attributes;
import org.fnprune.model.ElementType;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TensorData;

/**
 * Adds to a model what measures it: signals as rows of tokens, their sums and their products.
 *
 * <pre>
 *   h [.., d] ─ Cast ─ Reshape [positions, d] ─┬ Gather(tokens) ─ rows, without padding
 *                                              └ Gather(earlier), Gather(later)
 * </pre>
 *
 * <p>Where the tokens are says {@link BatchTokens}; what padding computes may be anything, NaN too.
 * The model's own outputs go, and every node that only they depend on.
 */
final class Taps {

  /** Opset from which Split takes its sizes as an input. */
  private static final int SPLIT_BY_INPUT = 13;

  /** Opset from which Gemm needs no third input. */
  private static final int GEMM_OF_TWO = 11;

  private static final String ZERO = "fnprune_zero";

  private final OnnxModel model;
  private final ModelProto.Builder edited;
  private final GraphProto.Builder graph;

  Taps(OnnxModel model) {
    this.model = model;
    this.edited = model.edit();
    this.graph = edited.getGraphBuilder().clearOutput();
    BatchTokens.INTEGERS.forEach(name -> graph.addInput(tensor(name, ElementType.INT64)));
    BatchTokens.FLOATS.forEach(this::input);
    graph.addInitializer(TensorData.ofFloats(ZERO, ImmutableList.of(), new float[] {0}).toProto());
  }

  /** A float input of any shape. */
  void input(String name) {
    graph.addInput(tensor(name, ElementType.FLOAT));
  }

  /** A float output. */
  void output(String name) {
    graph.addOutput(tensor(name, ElementType.FLOAT));
  }

  /** Makes a float tensor an input: what it was computed from is not computed. */
  void beginAt(String tensor) {
    for (NodeProto.Builder maker : graph.getNodeBuilderList()) {
      int output = maker.getOutputList().indexOf(tensor);
      if (output >= 0) {
        maker.setOutput(output, tensor + "_fnprune_computed");
      }
    }
    for (int i = graph.getValueInfoCount() - 1; i >= 0; i--) {
      if (graph.getValueInfo(i).getName().equals(tensor)) {
        graph.removeValueInfo(i);
      }
    }
    input(tensor);
  }

  /** Makes {@code output} from {@code inputs}. */
  void add(String operator, String output, String... inputs) {
    graph.addNode(node(operator, output, inputs));
  }

  /**
   * Makes {@code rows} of a signal whose tensors are of any floating-point type: float32, tokens ×
   * width.
   */
  void rows(Signal signal, String rows) {
    gather(positions(signal, rows), BatchTokens.TOKENS, rows);
  }

  /** Makes {@code rows} of one tensor. */
  void rows(String tensor, int width, String rows) {
    gather(positions(tensor, width, rows), BatchTokens.TOKENS, rows);
  }

  /**
   * Makes rows of the tokens that have a successor, and of their successors, after {@link #rows}.
   */
  void neighbours(String rows) {
    gather(rows + "_positions", BatchTokens.EARLIER, rows + "_earlier");
    gather(rows + "_positions", BatchTokens.LATER, rows + "_later");
  }

  private String positions(Signal signal, String name) {
    if (signal.tensors().size() == 1) {
      return positions(signal.tensors().get(0), signal.width(), name);
    }
    String[] parts =
        IntStream.range(0, signal.tensors().size())
            .mapToObj(
                i -> positions(signal.tensors().get(i), signal.widths().get(i), name + "_" + i))
            .toArray(String[]::new);
    graph.addNode(
        node("Concat", name + "_positions", parts).addAttribute(Attributes.of("axis", 1)));
    return name + "_positions";
  }

  private String positions(String tensor, int width, String name) {
    cast(tensor, name);
    longs(name + "_width", width);
    graph.addNode(
        node("Concat", name + "_shape", BatchTokens.POSITIONS, name + "_width")
            .addAttribute(Attributes.of("axis", 0)));
    add("Reshape", name + "_positions", name + "_float", name + "_shape");
    return name + "_positions";
  }

  private void gather(String positions, String indices, String rows) {
    graph.addNode(node("Gather", rows, positions, indices).addAttribute(Attributes.of("axis", 0)));
  }

  /** Splits rows into blocks of channels; returns their names. */
  ImmutableList<String> blocks(String rows, Tiles tiles) {
    if (tiles.blocks() == 1) {
      return ImmutableList.of(rows);
    }
    NodeProto.Builder split = NodeProto.newBuilder().setOpType("Split").setName(rows + "_blocks");
    split.addInput(rows).addAttribute(Attributes.of("axis", 1));
    long[] widths = IntStream.range(0, tiles.blocks()).mapToLong(tiles::width).toArray();
    for (int b = 0; b < widths.length; b++) {
      split.addOutput(rows + "_block_" + b);
    }
    if (model.opset() < SPLIT_BY_INPUT) {
      split.addAttribute(integers("split", widths));
    } else {
      longs(rows + "_widths", widths);
      split.addInput(rows + "_widths");
    }
    graph.addNode(split);
    return ImmutableList.copyOf(split.getOutputList());
  }

  /** Outputs the sum over tokens of {@code rows}, 1 × width. */
  void outputSum(String name, String rows) {
    outputSum(name, BatchTokens.ONES, rows);
  }

  /** Outputs weights · rows, 1 × width. */
  void outputSum(String name, String weights, String rows) {
    add("MatMul", name, weights, rows);
    output(name);
  }

  /** Outputs leftᵀ · right. */
  void outputProduct(String name, String left, String right) {
    NodeProto.Builder gemm =
        node("Gemm", name, left, right).addAttribute(Attributes.of("transA", 1));
    if (model.opset() < GEMM_OF_TWO) {
      gemm.addInput(ZERO);
    }
    graph.addNode(gemm);
    output(name);
  }

  /** The model that computes what was tapped, and nothing else. */
  OnnxModel build() {
    edited.setGraph(LiveNodes.only(graph.build()));
    return new OnnxModel(edited.build(), model.file());
  }

  private void cast(String tensor, String name) {
    graph.addNode(
        node("Cast", name + "_float", tensor)
            .addAttribute(Attributes.of("to", ElementType.FLOAT.number())));
  }

  private void longs(String name, long... values) {
    graph.addInitializer(
        TensorData.ofLongs(name, ImmutableList.of((long) values.length), values).toProto());
  }

  private static NodeProto.Builder node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(output)
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  private static AttributeProto integers(String name, long... values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INTS)
        .addAllInts(Longs.asList(values))
        .build();
  }

  private static ValueInfoProto tensor(String name, ElementType type) {
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type.number())))
        .build();
  }
}
