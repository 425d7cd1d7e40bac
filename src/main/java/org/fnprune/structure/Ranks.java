package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.fnprune.model.Attributes;
import org.fnprune.model.Graph;

/** Infers the number of axes of tensors, where the file does not declare them. */
final class Ranks {

  private static final int UNKNOWN = -1;

  private final Graph graph;
  private final Map<String, Integer> known = new HashMap<>();

  Ranks(Graph graph) {
    this.graph = graph;
  }

  /** The number of axes of a tensor, if it can be told. */
  OptionalInt of(String tensor) {
    int rank = rank(tensor);
    return rank == UNKNOWN ? OptionalInt.empty() : OptionalInt.of(rank);
  }

  private int rank(String tensor) {
    Integer cached = known.get(tensor);
    if (cached != null) {
      return cached;
    }
    known.put(tensor, UNKNOWN); // A cycle ends here.
    int rank = infer(tensor);
    known.put(tensor, rank);
    return rank;
  }

  private int infer(String tensor) {
    var constant = graph.constant(tensor);
    if (constant.isPresent()) {
      return constant.get().getDimsCount();
    }
    var declared = graph.declared(tensor);
    if (declared.isPresent() && declared.get().getType().getTensorType().hasShape()) {
      return declared.get().getType().getTensorType().getShape().getDimCount();
    }
    return graph.producer(tensor).map(graph::node).map(this::fromNode).orElse(UNKNOWN);
  }

  private int fromNode(NodeProto node) {
    return switch (node.getOpType()) {
      case "Shape", "Range", "NonZero" -> 1;
      case "Gemm", "Flatten" -> 2;
      case "Add",
          "Sub",
          "Mul",
          "Div",
          "Pow",
          "Where",
          "And",
          "Or",
          "Equal",
          "MatMul",
          "Max",
          "Min",
          "Expand",
          "BiasGelu",
          "FastGelu",
          "FusedMatMul" ->
          widest(node);
      case "Cast",
          "Identity",
          "Relu",
          "Tanh",
          "Sigmoid",
          "Erf",
          "Gelu",
          "QuickGelu",
          "Neg",
          "Sqrt",
          "Softmax",
          "LayerNormalization",
          "SimplifiedLayerNormalization",
          "SkipLayerNormalization",
          "SkipSimplifiedLayerNormalization",
          "Split",
          "Slice",
          "Transpose",
          "Concat",
          "Dropout",
          "Reciprocal",
          "Exp",
          "Abs" ->
          rank(node.getInput(0));
      case "Reshape" -> length(node.getInput(1));
      case "Gather" -> plus(rank(node.getInput(0)), rank(node.getInput(1)), -1);
      case "Unsqueeze" -> plus(rank(node.getInput(0)), axes(node), 0);
      case "Squeeze" -> plus(rank(node.getInput(0)), negated(axes(node)), 0);
      case "ReduceMean", "ReduceSum" ->
          Attributes.integer(node, "keepdims", 1) == 1 ? rank(node.getInput(0)) : UNKNOWN;
      default -> UNKNOWN;
    };
  }

  private int widest(NodeProto node) {
    int widest = UNKNOWN;
    for (String input : node.getInputList()) {
      int rank =
          node.getOpType().equals("Expand") && input.equals(node.getInput(1))
              ? length(input)
              : rank(input);
      if (rank == UNKNOWN) {
        return UNKNOWN;
      }
      widest = Math.max(widest, rank);
    }
    return widest;
  }

  /** Number of elements of a shape tensor. */
  private int length(String shape) {
    return new ShapeExpression(graph, this).of(shape).map(e -> e.size()).orElse(UNKNOWN);
  }

  private int axes(NodeProto node) {
    if (node.getInputCount() > 1) {
      return graph.constantData(node.getInput(1)).map(t -> (int) t.elements()).orElse(UNKNOWN);
    }
    int count = Attributes.integers(node, "axes").size();
    return count == 0 ? UNKNOWN : count;
  }

  private static int negated(int count) {
    return count == UNKNOWN ? Integer.MIN_VALUE : -count;
  }

  private static int plus(int rank, int other, int extra) {
    return rank == UNKNOWN || other == UNKNOWN || other == Integer.MIN_VALUE
        ? UNKNOWN
        : rank + other + extra;
  }
}
