package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.fnprune.common.UsageException;
import org.fnprune.model.Graph;
import org.fnprune.recipe.Networks.Signals;

/**
 * Finds the tensors that hold a unit's signals, by walking over what carries its channels:
 *
 * <pre>
 *   gated:    gate ─ … f ─┐                          ungated:   up ─ bias ─ … f ─ down
 *             up ─ bias ──┴ Mul ─ down               features:  f beside up with its bias
 *   features: f beside up with its bias
 * </pre>
 *
 * <p>The gate product is the Mul whose two factors come from different projections (or different
 * parts of a packed one). Where a bias is fused into the operator behind it, up is taken without:
 * that shifts each neuron by a constant, which no correlation sees.
 */
public final class SignalTensors {

  /** Operators that leave every value as it is. */
  private static final Set<String> PASSING = Set.of("Cast", "Dropout", "Identity", "Reshape");

  private static final Set<String> PROJECTIONS = Set.of("MatMul", "Gemm", "FusedMatMul");

  private static final Set<String> PARTS = Set.of("Split", "Slice");

  private final Graph graph;
  private final PrunableUnit unit;

  private SignalTensors(Graph graph, PrunableUnit unit) {
    this.graph = graph;
    this.unit = unit;
  }

  /**
   * The tensors of one unit's signals, to be put side by side.
   *
   * @throws UsageException when they cannot be told, naming the unit and what was found
   */
  public static ImmutableList<SignalTensor> of(Graph graph, PrunableUnit unit, Signals signals) {
    SignalTensors found = new SignalTensors(graph, unit);
    return switch (signals) {
      case ACTIVATION -> ImmutableList.of(found.channels(unit.activation()));
      case ACTIVATION_AND_UP -> found.activationAndUp();
      case FFN_OUT -> ImmutableList.of(found.out());
    };
  }

  private ImmutableList<SignalTensor> activationAndUp() {
    Set<String> sources = sources(unit.activation());
    if (sources.size() == 1) {
      return ImmutableList.of(
          channels(unit.activation()), channels(withBias(sources.iterator().next())));
    }
    NodeProto product = product(unit.activation());
    String left = product.getInput(0);
    String right = product.getInput(1);
    if (isLinear(left) == isLinear(right)) {
      throw unknown(
          "of the factors '"
              + left
              + "' and '"
              + right
              + "' of its gate product, "
              + (isLinear(left) ? "neither" : "each")
              + " passes through an activation function");
    }
    return ImmutableList.of(
        channels(isLinear(left) ? right : left), channels(isLinear(left) ? left : right));
  }

  /** The gate product that {@code tensor} is, apart from operators that change no value. */
  private NodeProto product(String tensor) {
    NodeProto node = producer(tensor);
    if (PASSING.contains(node.getOpType())) {
      return product(node.getInput(0));
    }
    List<String> factors = carrying(node);
    boolean gate =
        node.getOpType().equals("Mul")
            && factors.size() == 2
            && Sets.intersection(sources(factors.get(0)), sources(factors.get(1))).isEmpty();
    if (!gate) {
      throw unknown(
          "its projections "
              + sources(tensor)
              + " meet in "
              + node.getOpType()
              + " '"
              + node.getName()
              + "', not in a Mul of two factors");
    }
    return node;
  }

  /** The projections, or parts of a packed one, that a tensor's channels come from. */
  private ImmutableSet<String> sources(String tensor) {
    Set<String> sources = new LinkedHashSet<>();
    collectSources(tensor, sources, new LinkedHashSet<>());
    return ImmutableSet.copyOf(sources);
  }

  private void collectSources(String tensor, Set<String> sources, Set<String> seen) {
    if (!seen.add(tensor)) {
      return;
    }
    NodeProto node = producer(tensor);
    if (isSource(node)) {
      sources.add(tensor);
    } else {
      carrying(node).forEach(input -> collectSources(input, sources, seen));
    }
  }

  private static boolean isSource(NodeProto node) {
    return PROJECTIONS.contains(node.getOpType()) || PARTS.contains(node.getOpType());
  }

  /** Whether nothing but a bias lies between a projection and {@code tensor}. */
  private boolean isLinear(String tensor) {
    NodeProto node = producer(tensor);
    if (isSource(node)) {
      return true;
    }
    List<String> inputs = carrying(node);
    boolean passes = PASSING.contains(node.getOpType()) || node.getOpType().equals("Add");
    return passes && inputs.size() == 1 && isLinear(inputs.get(0));
  }

  /** What a projection's output is after the bias that alone reads it, if there is one. */
  private String withBias(String output) {
    String biased = output;
    for (String tensor = output; graph.uses(tensor).size() == 1 && !graph.isOutput(tensor); ) {
      Graph.Use use = graph.uses(tensor).get(0);
      NodeProto reader = graph.node(use.node());
      boolean bias =
          Graph.is(reader, "Add") && graph.constant(reader.getInput(1 - use.input())).isPresent();
      if (!bias && !PASSING.contains(reader.getOpType())) {
        break;
      }
      tensor = reader.getOutput(0);
      biased = bias ? tensor : biased;
    }
    return biased;
  }

  private SignalTensor out() {
    List<Projection> consumers = ConsumerWeights.projections(graph, unit);
    if (consumers.size() != 1) {
      throw unknown(consumers.size() + " projections read its activation");
    }
    Projection down = consumers.get(0);
    int result =
        FloatEnds.result(graph, down).orElseThrow(() -> unknown("its outputs are integers"));
    return new SignalTensor(
        withBias(graph.node(result).getOutput(0)), ConsumerWeights.outputs(graph, down));
  }

  /** A tensor whose last axis is the unit's channels in their order. */
  private SignalTensor channels(String tensor) {
    ChannelAxis axis = unit.tensors().get(tensor);
    int width = unit.width() * unit.unitSize();
    if (axis == null || axis.axis() != -1 || axis.width() != width) {
      throw unknown("'" + tensor + "' does not hold its " + width + " neurons on the last axis");
    }
    for (int i = 0; i < width; i++) {
      if (axis.channels().get(i) != i / unit.unitSize()) {
        throw unknown("'" + tensor + "' holds its neurons in another order");
      }
    }
    return new SignalTensor(tensor, width);
  }

  private List<String> carrying(NodeProto node) {
    return node.getInputList().stream().filter(unit.tensors()::containsKey).toList();
  }

  private NodeProto producer(String tensor) {
    return graph
        .producer(tensor)
        .map(graph::node)
        .orElseThrow(() -> unknown("nothing makes '" + tensor + "'"));
  }

  private UsageException unknown(String found) {
    return new UsageException(
        "the signals of unit '" + unit.id() + "' cannot be told: " + found,
        "decompose what enters the down projection: leave the source of the networks at"
            + " activation");
  }
}
