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
import org.fnprune.model.Branches;
import org.fnprune.model.Graph;
import org.fnprune.model.OnnxModel;

/** Finds every prunable unit of a model, and says why the other weights stay. */
public final class StructureFinder {

  /** Operators with weights inside that no rule can cut yet. */
  private static final Set<String> OPAQUE =
      Set.of(
          "DecoderAttention",
          "GemmFloat8",
          "LongformerAttention",
          "MatMulBnb4",
          "MoE",
          "PackedAttention",
          "QAttention",
          "QMoE");

  private static final Set<String> PRODUCTS = Set.of("MatMul", "FusedMatMul", "Gemm", "FusedGemm");

  private final Graph graph;
  private final Shapes shapes;
  private final List<PrunableUnit> units = new ArrayList<>();
  private final List<Refusal> refusals = new ArrayList<>();
  private final Map<String, NodeProto> refused = new HashMap<>();
  private final Set<Graph.Use> done = new HashSet<>();
  private final Map<String, Integer> ids = new HashMap<>();

  private StructureFinder(Graph graph) {
    this.graph = graph;
    this.shapes = new Shapes(graph);
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
    refuseInside(node);
    if (refuseStacked(node)) {
      return;
    }
    Optional<OperatorRule.Weight> weight =
        OperatorRules.of(node).flatMap(rule -> rule.weight(shapes, node));
    if (weight.isPresent()) {
      if (!done.contains(StoredWeight.use(graph, index, weight.get().input()))) {
        product(node, weight.get());
      }
    } else if (OPAQUE.contains(node.getOpType())) {
      largestConstant(node)
          .ifPresent(
              w -> refuse(node, w, "operator " + node.getOpType() + " is not supported yet"));
    } else if (PRODUCTS.contains(node.getOpType())) {
      computedWeight(node)
          .ifPresent(
              w -> refuse(node, w, "its weight is computed by " + producerOf(node.getInput(1))));
    }
  }

  private boolean refuseStacked(NodeProto node) {
    List<TensorProto> stacked = StackedWeights.of(graph, node);
    for (TensorProto weight : stacked) {
      refuse(
          node,
          weight,
          "its weight "
              + weight.getDimsList()
              + " is a stack of matrices, one per expert; only experts that are separate matrices"
              + " can be pruned");
    }
    return !stacked.isEmpty();
  }

  private void refuseInside(NodeProto node) {
    LoopWeights.of(graph, node)
        .forEach(
            inside ->
                refuse(
                    inside.node(),
                    inside.weight(),
                    "it lies in the body of "
                        + node.getOpType()
                        + " '"
                        + node.getName()
                        + "', into which channels are not followed"));
  }

  private void product(NodeProto node, OperatorRule.Weight weight) {
    TensorProto constant = StoredWeight.of(graph, node, weight.input()).orElseThrow();
    String name = node.getInput(weight.input());
    graph.model().check(constant);
    try {
      ChannelPropagation propagation = new ChannelPropagation(shapes);
      propagation.follow(node.getOutput(0), weight.width());
      int layer = LayerNumber.of(node, name);
      PrunableUnit unit = UnitAssembler.assemble(propagation, kind -> id(kind, layer), layer);
      if (unit.kind() == UnitKind.FFN) {
        requireFeedForward(unit);
      }
      requireDisjoint(unit);
      ids.merge(base(unit.kind(), layer), 1, Integer::sum);
      units.add(unit);
      unit.slices().forEach(slice -> done.add(slice.use()));
    } catch (Blocked blocked) {
      refuse(node, constant, String.valueOf(blocked.getMessage()));
    }
  }

  /**
   * A feed-forward block writes to the residual stream. Two dense layers whose result leaves the
   * model are a pooler or classification head, which is not what {@code ffn} means.
   */
  private void requireFeedForward(PrunableUnit unit) {
    for (Projection consumer : unit.consumers()) {
      NodeProto node = graph.node(consumer.node());
      OperatorRule.Weight weight =
          OperatorRules.of(node)
              .flatMap(rule -> rule.weight(shapes, node))
              .orElseThrow(() -> new Blocked(described(node) + " multiplies by no known numbers"));
      try {
        new ChannelPropagation(shapes).follow(node.getOutput(0), weight.width());
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

  private String base(UnitKind kind, int layer) {
    return layer < 0
        ? "unit." + units.size() + "." + kind.label()
        : "layers." + layer + "." + kind.label();
  }

  private String id(UnitKind kind, int layer) {
    String base = base(kind, layer);
    int copies = ids.getOrDefault(base, 0);
    return copies == 0 ? base : base + "." + copies;
  }

  /** A weight that both branches of an If use is refused once. */
  private void refuse(NodeProto node, TensorProto weight, String reason) {
    NodeProto before = refused.putIfAbsent(weight.getName(), node);
    if (before != null && Branches.exclude(before, node)) {
      return;
    }
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
        .filter(p -> OperatorRules.of(p).flatMap(rule -> rule.weight(shapes, p)).isEmpty())
        .flatMap(p -> largestConstant(p))
        .filter(w -> w.getDimsCount() == 2);
  }

  private String producerOf(String tensor) {
    return described(graph.producer(tensor).map(graph::node).orElseThrow());
  }

  private static String described(NodeProto node) {
    return node.getOpType() + " '" + node.getName() + "'";
  }

  private Optional<TensorProto> largestConstant(NodeProto node) {
    return node.getInputList().stream()
        .flatMap(input -> graph.constant(input).stream())
        .filter(t -> t.getDimsCount() >= 2)
        .findFirst();
  }
}
