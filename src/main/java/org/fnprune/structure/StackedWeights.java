package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.Optional;
import java.util.stream.Stream;
import org.fnprune.model.Graph;

/**
 * Finds the weights of mixture-of-experts layers that keep all experts in one tensor [E, K, N]:
 *
 * <pre>
 *   MoE(x, router, W [E, 2I, K], …)
 *   MatMul(Gather(W [E, 2I, K], chosen), x)
 *   MatMul(x, W [E, K, N])
 * </pre>
 *
 * <p>Each expert has neurons of its own, but one index set would have to serve them all, so these
 * are refused; experts that are separate matrices are units like any other.
 */
final class StackedWeights {

  private static final ImmutableSet<String> EXPERTS = ImmutableSet.of("MoE", "QMoE");

  private static final ImmutableSet<String> PRODUCTS =
      ImmutableSet.of("MatMul", "FusedMatMul", "Einsum");

  /** Operators that take a part of a tensor, or only look at it otherwise. */
  private static final ImmutableSet<String> TAKING =
      ImmutableSet.of(
          "Cast", "DequantizeLinear", "Gather", "GatherND", "Identity", "Slice", "Transpose");

  private static final int DEEPEST = 5;

  private StackedWeights() {}

  /** The stacked weights that a node multiplies by; none for most nodes. */
  static ImmutableList<TensorProto> of(Graph graph, NodeProto node) {
    boolean experts = EXPERTS.contains(node.getOpType());
    if (!experts && !PRODUCTS.contains(node.getOpType())) {
      return ImmutableList.of();
    }
    return node.getInputList().stream()
        .flatMap(input -> experts ? graph.constant(input).stream() : source(graph, input).stream())
        .filter(StackedWeights::isStacked)
        .collect(ImmutableList.toImmutableList());
  }

  private static Optional<TensorProto> source(Graph graph, String tensor) {
    return Stream.iterate(tensor, t -> wholeOf(graph, t))
        .limit(DEEPEST)
        .takeWhile(t -> !t.isEmpty())
        .flatMap(t -> graph.constant(t).stream())
        .findFirst();
  }

  /** What a tensor is taken from; empty when it is computed in another way. */
  private static String wholeOf(Graph graph, String tensor) {
    return graph
        .producer(tensor)
        .map(graph::node)
        .filter(node -> TAKING.contains(node.getOpType()))
        .map(node -> node.getInput(0))
        .orElse("");
  }

  /** Several matrices, not one of which an axis of size 1 was added to. */
  private static boolean isStacked(TensorProto tensor) {
    return tensor.getDimsCount() >= 3 && tensor.getDimsList().stream().allMatch(size -> size > 1);
  }
}
