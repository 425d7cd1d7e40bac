package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.fnprune.model.Attributes;
import org.fnprune.model.BlockTensors;
import org.fnprune.model.Graph;
import org.fnprune.model.LinearTensors;
import org.fnprune.model.QuantisedTensors;
import org.fnprune.model.TensorData;
import org.jspecify.annotations.Nullable;

/**
 * Where a weight lies that is stored as small integers.
 *
 * @param owner the node that says how they are to be read
 * @param integers the node input that is them
 * @param scales the node input that is their scales, which may be another node's
 * @param zeroPoints the same for zero points; null when there are none
 */
public record QuantisedWeight(
    NodeProto owner, Graph.Use integers, Graph.Use scales, Graph.@Nullable Use zeroPoints) {

  /** Inputs that are integers, scales and zero points. */
  private record Inputs(int integers, int scales, int zeroPoints) {}

  /**
   * The quantised weight that a node input reads, directly or through a DequantizeLinear; empty
   * when it is none, or none whose scales can be told.
   */
  public static Optional<QuantisedWeight> of(Graph graph, Graph.Use use) {
    String tensor = graph.node(use.node()).getInput(use.input());
    Graph.Use stored =
        graph.constant(tensor).isPresent()
            ? use
            : graph
                .producer(tensor)
                .filter(maker -> Graph.is(graph.node(maker), "DequantizeLinear"))
                .map(maker -> new Graph.Use(maker, 0))
                .orElse(use);
    NodeProto owner = graph.node(stored.node());
    boolean quantised =
        graph
            .constant(owner.getInput(stored.input()))
            .filter(t -> t.getDimsCount() > 1)
            .map(StoredWeight::isQuantised)
            .orElse(false);
    if (!quantised) {
      return Optional.empty();
    }
    if (owner.getOpType().equals("MatMulInteger")) {
      return scaledBehind(graph, stored.node())
          .map(scales -> new QuantisedWeight(owner, stored, scales, optional(owner, stored, 3)));
    }
    return inputs(owner)
        .filter(inputs -> inputs.integers() == stored.input())
        .filter(inputs -> graph.constant(owner.getInput(inputs.scales())).isPresent())
        .map(
            inputs ->
                new QuantisedWeight(
                    owner,
                    stored,
                    new Graph.Use(stored.node(), inputs.scales()),
                    optional(owner, stored, inputs.zeroPoints())));
  }

  private static Optional<Inputs> inputs(NodeProto owner) {
    return switch (owner.getOpType()) {
      case "DequantizeLinear" -> Optional.of(new Inputs(0, 1, 2));
      case "DynamicQuantizeMatMul", "MatMulNBits" -> Optional.of(new Inputs(1, 2, 3));
      case "MatMulIntegerToFloat" -> Optional.of(new Inputs(1, 3, 5));
      case "QGemm", "QLinearMatMul" -> Optional.of(new Inputs(3, 4, 5));
      default -> Optional.empty();
    };
  }

  private static Graph.@Nullable Use optional(NodeProto owner, Graph.Use stored, int input) {
    return input < owner.getInputCount() && !owner.getInput(input).isEmpty()
        ? new Graph.Use(stored.node(), input)
        : null;
  }

  /** MatMulInteger → Cast → Mul(Mul(scale of x, scale of W)): the constant among the factors. */
  private static Optional<Graph.Use> scaledBehind(Graph graph, int product) {
    Optional<Integer> cast = onlyReader(graph, product, "Cast");
    Optional<Integer> scaled = cast.flatMap(node -> onlyReader(graph, node, "Mul"));
    return scaled.flatMap(
        node -> {
          String result = graph.node(cast.orElseThrow()).getOutput(0);
          int other = graph.node(node).getInput(0).equals(result) ? 1 : 0;
          return constantFactor(graph, graph.node(node).getInput(other));
        });
  }

  private static Optional<Graph.Use> constantFactor(Graph graph, String scales) {
    return graph
        .producer(scales)
        .filter(maker -> Graph.is(graph.node(maker), "Mul"))
        .flatMap(
            maker ->
                List.of(0, 1).stream()
                    .filter(i -> graph.constant(graph.node(maker).getInput(i)).isPresent())
                    .map(i -> new Graph.Use(maker, i))
                    .findFirst());
  }

  private static Optional<Integer> onlyReader(Graph graph, int node, String operator) {
    ImmutableList<Graph.Use> uses = graph.uses(graph.node(node).getOutput(0));
    return uses.size() == 1 && Graph.is(graph.node(uses.get(0).node()), operator)
        ? Optional.of(uses.get(0).node())
        : Optional.empty();
  }

  /** Whether scales belong to blocks, so that integers and scales can only be cut together. */
  public boolean isInBlocks() {
    return owner.getOpType().equals("MatMulNBits") || number("block_size") != 0;
  }

  /** Positions along an axis of the matrix (−2 or −1) that share a scale; 1 for all others. */
  public int blockAlong(int axis) {
    if (owner.getOpType().equals("MatMulNBits")) {
      return axis == -1 ? number("block_size") : 1;
    }
    int blocked = Math.toIntExact(Attributes.integer(owner, "axis", 1));
    return number("block_size") > 0 && (blocked < 0 ? blocked : blocked - 2) == axis
        ? number("block_size")
        : 1;
  }

  /** Whether the matrix is stored outputs × inputs. */
  private boolean isTransposed() {
    return number("transB") != 0;
  }

  /**
   * The tensors that hold the weight.
   *
   * @param constants the constant of each input
   * @throws org.fnprune.common.UsageException when they do not fit each other
   */
  public QuantisedTensors tensors(Function<Graph.Use, TensorData> constants) {
    TensorData zeros = zeroPoints == null ? null : constants.apply(zeroPoints);
    TensorData values = constants.apply(integers);
    TensorData steps = constants.apply(scales);
    if (owner.getOpType().equals("MatMulNBits")) {
      return new BlockTensors(
          values,
          steps,
          zeros,
          number("N"),
          number("K"),
          Math.toIntExact(Attributes.integer(owner, "bits", 4)),
          number("block_size"));
    }
    boolean dequantised = owner.getOpType().equals("DequantizeLinear");
    int axis =
        dequantised
            ? Math.toIntExact(Attributes.integer(owner, "axis", 1))
            : isTransposed() ? 0 : 1;
    return new LinearTensors(
        values, steps, zeros, axis < 0 ? axis + 2 : axis, dequantised ? number("block_size") : 0);
  }

  /** The tensors as the graph has them. */
  public QuantisedTensors tensors(Graph graph) {
    return tensors(
        use -> graph.constantData(graph.node(use.node()).getInput(use.input())).orElseThrow());
  }

  private int number(String attribute) {
    return Math.toIntExact(Attributes.integer(owner, attribute, 0));
  }
}
