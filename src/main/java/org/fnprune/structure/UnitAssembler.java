package org.fnprune.structure;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.fnprune.model.Graph;

/** Turns what a propagation found into a unit with channels 0 … width − 1, or refuses. */
final class UnitAssembler {

  private final ChannelPropagation found;
  private final Settling settling;

  private UnitAssembler(ChannelPropagation found) {
    this.found = found;
    this.settling = new Settling(found);
  }

  /**
   * Numbers the channels in the order of the consuming projection's rows.
   *
   * @param name makes the unit's id of its kind
   * @throws Blocked when the group is not a regular unit
   */
  static PrunableUnit assemble(
      ChannelPropagation found, Function<UnitKind, String> name, int layer) {
    return new UnitAssembler(found).assemble(name, layer);
  }

  private PrunableUnit assemble(Function<UnitKind, String> name, int layer) {
    List<String> activations = activations();
    String activation = activations.get(0);
    settling.number(layout(activation));
    ChannelAxis axis = settling.axis(layout(activation));
    int unitSize = unitSize(axis);
    for (String other : activations) {
      if (!settling.axis(layout(other)).equals(axis)) {
        throw new Blocked("its channels enter its products in different orders");
      }
    }
    requireOwnWeights();
    ImmutableMap<String, ChannelAxis> tensors =
        found.tensors().keySet().stream()
            .collect(
                ImmutableMap.toImmutableMap(
                    tensor -> tensor, tensor -> settling.of(tensor).orElseThrow()));
    ImmutableList.Builder<GraphEdit> edits = ImmutableList.builder();
    found.edits().forEach(pending -> pending.settle(settling).forEach(edits::add));
    SizeReaders.check(found, settling);
    UnitKind kind = kind();
    return new PrunableUnit(
        name.apply(kind),
        kind,
        layer,
        activation,
        settling.width(),
        unitSize,
        found.cuts().stream().map(this::slice).collect(ImmutableList.toImmutableList()),
        edits.build(),
        ImmutableList.copyOf(found.consumers()),
        tensors);
  }

  private UnitKind kind() {
    if (!found.isAttention()) {
      return UnitKind.FFN;
    }
    return found.isGrouped() ? UnitKind.KV_GROUPS : UnitKind.HEADS;
  }

  /** Positions of each channel, which must lie together. */
  private int unitSize(ChannelAxis axis) {
    int width = settling.width();
    int unitSize = axis.width() / width;
    for (int i = 0; i < axis.width(); i++) {
      if (unitSize * width != axis.width() || axis.channels().get(i) != i / unitSize) {
        throw new Blocked(
            "its " + axis.width() + " channels are tied into " + width + " groups of their own");
      }
    }
    if (unitSize > 1 && !found.isAttention()) {
      throw new Blocked("its " + axis.width() + " channels are tied into " + width + " groups");
    }
    if (unitSize == 1 && found.isAttention()) {
      throw new Blocked("its channels are single values of attention heads, not heads");
    }
    if (width == 1) {
      throw new Blocked("all its channels are tied together, so that none can go alone");
    }
    return unitSize;
  }

  private ChannelLayout layout(String activation) {
    ChannelLayout layout = found.tensors().get(activation);
    if (layout == null) {
      throw new IllegalStateException(activation + " carries no channels");
    }
    return layout;
  }

  /**
   * What enters the consuming products: one tensor, or one in each branch of an If, in the order of
   * the graph.
   */
  private List<String> activations() {
    List<Projection> consumers =
        found.consumers().stream().sorted(Comparator.comparingInt(Projection::node)).toList();
    for (Projection one : consumers) {
      for (Projection other : consumers) {
        if (!entering(one).equals(entering(other))
            && !found.graph().exclude(one.node(), other.node())) {
          throw new Blocked(
              "its outputs enter several products as different tensors "
                  + consumers.stream().map(this::entering).distinct().toList());
        }
      }
    }
    return consumers.stream().map(this::entering).distinct().toList();
  }

  private String entering(Projection consumer) {
    Graph.Use entry = FloatEnds.entry(found.graph(), consumer);
    return found.graph().node(entry.node()).getInput(entry.input());
  }

  /** Matrices that other nodes use as well are tied weights: they cannot be cut for one use. */
  private void requireOwnWeights() {
    Set<Graph.Use> own =
        found.cuts().stream().map(ChannelPropagation.Cut::use).collect(Collectors.toSet());
    for (ChannelPropagation.Cut cut : found.cuts()) {
      List<Graph.Use> uses = found.graph().usesOfStorage(cut.storage());
      boolean matrix = cut.elements() > cut.layout().ids().length();
      if (matrix && found.graph().leavesMainGraph(cut.storage())) {
        throw new Blocked(
            "weight '" + cut.storage() + "' is also read in a subgraph or an output of the model");
      }
      if (matrix && !own.containsAll(uses)) {
        Graph.Use other = uses.stream().filter(u -> !own.contains(u)).findFirst().orElseThrow();
        throw new Blocked(
            "weight '"
                + cut.storage()
                + "' is shared with "
                + found.graph().node(other.node()).getOpType()
                + " '"
                + found.graph().node(other.node()).getName()
                + "'");
      }
    }
  }

  /** The values of a weight that both branches of an If use are counted with its first use. */
  private WeightSlice slice(ChannelPropagation.Cut cut) {
    boolean counted =
        found.cuts().stream()
            .takeWhile(earlier -> !earlier.equals(cut))
            .anyMatch(
                earlier ->
                    earlier.storage().equals(cut.storage())
                        && found.graph().exclude(earlier.use().node(), cut.use().node()));
    return new WeightSlice(
        cut.use(), cut.storage(), settling.axis(cut.layout()), counted ? 0 : cut.elements());
  }
}
