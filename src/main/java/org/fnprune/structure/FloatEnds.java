package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.Optional;
import org.fnprune.model.Graph;

/**
 * Where the floating-point values of a product begin and end that may compute with integers:
 *
 * <pre>
 *   h → DynamicQuantizeLinear → MatMulInteger → Cast → Mul(scales) → y
 *   h → QuantizeLinear → QLinearMatMul → DequantizeLinear → y
 *   QuantizeLinear → DequantizeLinear → h → MatMul → QuantizeLinear → DequantizeLinear → y
 * </pre>
 */
public final class FloatEnds {

  private static final ImmutableSet<String> QUANTISERS =
      ImmutableSet.of("QuantizeLinear", "DynamicQuantizeLinear");

  /** Products whose first operand is integers. */
  private static final ImmutableSet<String> OF_INTEGERS =
      ImmutableSet.of("MatMulInteger", "MatMulIntegerToFloat", "QGemm", "QLinearMatMul");

  private static final ImmutableSet<String> REQUANTISERS =
      ImmutableSet.of("Cast", "DequantizeLinear", "QuantizeLinear");

  private FloatEnds() {}

  /**
   * The node input that reads the floating-point values that enter a projection.
   *
   * @throws Blocked when they are integers from the start
   */
  static Graph.Use entry(Graph graph, Projection consumer) {
    Graph.Use use = new Graph.Use(consumer.node(), consumer.activationInput());
    NodeProto product = graph.node(consumer.node());
    if (!OF_INTEGERS.contains(product.getOpType())) {
      return use;
    }
    return behind(graph, use, QUANTISERS)
        .orElseThrow(
            () ->
                new Blocked(
                    product.getOpType()
                        + " '"
                        + product.getName()
                        + "' reads integers that are never floating-point values"));
  }

  /**
   * The node input in front of which channels can be set to 0, so that the product is computed as
   * it is without: before they are quantised.
   */
  public static Graph.Use maskable(Graph graph, Projection consumer) {
    Graph.Use entry = entry(graph, consumer);
    return behind(graph, entry, ImmutableSet.of("DequantizeLinear"))
        .flatMap(use -> behind(graph, use, QUANTISERS))
        .orElse(entry);
  }

  /** The first input of what makes the tensor that is read, if that is one of some operators. */
  private static Optional<Graph.Use> behind(
      Graph graph, Graph.Use use, ImmutableSet<String> operators) {
    return graph
        .producer(graph.node(use.node()).getInput(use.input()))
        .filter(maker -> operators.contains(graph.node(maker).getOpType()))
        .map(maker -> new Graph.Use(maker, 0));
  }

  /**
   * The node that makes a projection's floating-point result; empty when its integers go on as
   * integers.
   */
  public static Optional<Integer> result(Graph graph, Projection consumer) {
    int node = consumer.node();
    boolean integers = OF_INTEGERS.contains(graph.node(node).getOpType());
    boolean scaled = !graph.node(node).getOpType().equals("MatMulInteger");
    integers &= !graph.node(node).getOpType().equals("MatMulIntegerToFloat");
    while (true) {
      Optional<Integer> next = requantiser(graph, node, integers && !scaled);
      if (next.isEmpty()) {
        return integers ? Optional.empty() : Optional.of(node);
      }
      node = next.get();
      String operator = graph.node(node).getOpType();
      scaled |= operator.equals("Mul");
      integers =
          operator.equals("QuantizeLinear") || (integers && operator.equals("Cast") && !scaled);
    }
  }

  private static Optional<Integer> requantiser(Graph graph, int node, boolean unscaled) {
    String output = graph.node(node).getOutput(0);
    ImmutableList<Graph.Use> uses = graph.uses(output);
    if (uses.size() != 1 || graph.isOutput(output) || !graph.capturedBy(output).isEmpty()) {
      return Optional.empty();
    }
    NodeProto reader = graph.node(uses.get(0).node());
    boolean follows =
        (uses.get(0).input() == 0 && REQUANTISERS.contains(reader.getOpType()))
            || (unscaled && Graph.is(reader, "Mul"));
    return follows ? Optional.of(uses.get(0).node()) : Optional.empty();
  }
}
