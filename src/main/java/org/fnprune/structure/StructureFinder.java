package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.fnprune.model.Attributes;
import org.fnprune.model.ElementType;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;

/** Finds every prunable unit of a model, and says why the other weights stay. */
public final class StructureFinder {

  /** Operators with weights inside that no rule can cut yet. */
  private static final Set<String> OPAQUE =
      Set.of(
          "Attention",
          "DynamicQuantizeMatMul",
          "FusedGemm",
          "GemmFloat8",
          "MatMulBnb4",
          "MatMulInteger",
          "MatMulIntegerToFloat",
          "MatMulNBits",
          "MoE",
          "QAttention",
          "QGemm",
          "QLinearMatMul",
          "QMoE");

  private final Graph graph;
  private final Ranks ranks;
  private final List<PrunableUnit> units = new ArrayList<>();
  private final List<Refusal> refusals = new ArrayList<>();
  private final Set<Graph.Use> done = new HashSet<>();
  private final Map<String, Integer> ids = new HashMap<>();

  private StructureFinder(Graph graph) {
    this.graph = graph;
    this.ranks = new Ranks(graph);
  }

  /** Finds the units of a model, in the order of the graph. */
  public static Structure find(Graph graph) {
    StructureFinder finder = new StructureFinder(graph);
    for (int i = 0; i < graph.nodes().size(); i++) {
      finder.visit(i);
    }
    return new Structure(
        ImmutableList.copyOf(finder.units),
        ImmutableList.copyOf(finder.refusals),
        graph.model().parameters());
  }

  private void visit(int index) {
    NodeProto node = graph.node(index);
    switch (node.getOpType()) {
      case "MatMul", "FusedMatMul", "Gemm" -> product(index, node);
      default -> {
        if (OPAQUE.contains(node.getOpType())) {
          largestConstant(node)
              .ifPresent(
                  w -> refuse(node, w, "operator " + node.getOpType() + " is not supported yet"));
        }
      }
    }
  }

  private void product(int index, NodeProto node) {
    Optional<TensorProto> weight = graph.constant(node.getInput(1)).filter(w -> isMatrix(w));
    if (weight.isEmpty()) {
      computedWeight(node)
          .ifPresent(
              w -> refuse(node, w, "its weight is computed by " + producerOf(node.getInput(1))));
      return;
    }
    if (done.contains(new Graph.Use(index, 1))) {
      return;
    }
    graph.model().check(weight.get());
    boolean transposed = Attributes.integer(node, "transB", 0) != 0;
    try {
      ChannelPropagation propagation = new ChannelPropagation(graph, ranks);
      propagation.follow(
          node.getOutput(0), Math.toIntExact(weight.get().getDims(transposed ? 0 : 1)));
      int layer = LayerNumber.of(node, node.getInput(1));
      PrunableUnit unit = UnitAssembler.assemble(propagation, id(layer), layer);
      requireFeedForward(unit);
      requireDisjoint(unit);
      units.add(unit);
      unit.slices().forEach(slice -> done.add(slice.use()));
    } catch (Blocked blocked) {
      refuse(node, weight.get(), String.valueOf(blocked.getMessage()));
    }
  }

  /**
   * A feed-forward block writes to the residual stream. Two dense layers whose result leaves the
   * model are a pooler or classification head, which is not what {@code ffn} means.
   */
  private void requireFeedForward(PrunableUnit unit) {
    for (Projection consumer : unit.consumers()) {
      NodeProto node = graph.node(consumer.node());
      TensorProto weight = graph.constant(node.getInput(consumer.weightInput())).orElseThrow();
      try {
        new ChannelPropagation(graph, ranks)
            .follow(
                node.getOutput(0), Math.toIntExact(weight.getDims(consumer.transposed() ? 0 : 1)));
      } catch (Blocked blocked) {
        if (blocked.isAtGraphOutput()) {
          throw new Blocked("it is a hidden layer of the model's head, not a feed-forward block");
        }
      }
    }
  }

  /** Two units that cut rows and columns of one matrix cannot both be pruned yet. */
  private void requireDisjoint(PrunableUnit unit) {
    unit.slices().stream()
        .filter(slice -> done.contains(slice.use()))
        .findFirst()
        .ifPresent(
            slice -> {
              throw new Blocked("weight '" + slice.storage() + "' belongs to another unit already");
            });
  }

  private static boolean isMatrix(TensorProto tensor) {
    return tensor.getDimsCount() == 2
        && tensor.getDimsList().stream().allMatch(dim -> dim > 0)
        && ElementType.of(tensor.getDataType(), tensor.getName()).isFloat();
  }

  private String id(int layer) {
    String base = layer < 0 ? "unit." + units.size() + ".ffn" : "layers." + layer + ".ffn";
    int copies = ids.merge(base, 1, Integer::sum);
    return copies == 1 ? base : base + "." + (copies - 1);
  }

  private void refuse(NodeProto node, TensorProto weight, String reason) {
    refusals.add(
        new Refusal(
            node.getName().isEmpty() ? node.getOutput(0) : node.getName(),
            node.getOpType(),
            weight.getName(),
            OnnxModel.elements(weight),
            LayerNumber.of(node, weight.getName()),
            reason));
  }

  /** The constant that a weight is computed from, through at most two nodes. */
  private Optional<TensorProto> computedWeight(NodeProto node) {
    return graph
        .producer(node.getInput(1))
        .map(graph::node)
        .filter(p -> !p.getOpType().equals("Softmax"))
        .flatMap(p -> largestConstant(p))
        .filter(w -> w.getDimsCount() == 2);
  }

  private String producerOf(String tensor) {
    NodeProto producer = graph.producer(tensor).map(graph::node).orElseThrow();
    return producer.getOpType() + " '" + producer.getName() + "'";
  }

  private Optional<TensorProto> largestConstant(NodeProto node) {
    return node.getInputList().stream()
        .flatMap(input -> graph.constant(input).stream())
        .filter(t -> t.getDimsCount() >= 2)
        .findFirst();
  }
}
