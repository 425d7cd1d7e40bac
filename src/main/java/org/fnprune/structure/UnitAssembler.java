package org.fnprune.structure;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.fnprune.model.Graph;

/** Turns what a propagation found into a unit with channels 0 … width − 1, or refuses. */
final class UnitAssembler {

  private final ChannelPropagation found;
  private final Map<Integer, Integer> numbers = new HashMap<>();

  private UnitAssembler(ChannelPropagation found) {
    this.found = found;
  }

  /**
   * Numbers the channels in the order of the consuming projection's rows.
   *
   * @throws Blocked when the group is not a plain feed-forward unit
   */
  static PrunableUnit assemble(ChannelPropagation found, String id, int layer) {
    return new UnitAssembler(found).assemble(id, layer);
  }

  private PrunableUnit assemble(String id, int layer) {
    String activation = activation();
    ChannelAxis entering = found.tensors().get(activation);
    if (entering == null) {
      throw new IllegalStateException(activation + " carries no channels");
    }
    entering.channels().stream()
        .map(found::representative)
        .forEach(c -> numbers.putIfAbsent(c, numbers.size()));
    int width = numbers.size();
    if (width != entering.width()) {
      throw new Blocked("its " + entering.width() + " channels are tied into " + width + " groups");
    }
    requireOwnWeights();
    PrunableUnit unit =
        new PrunableUnit(
            id,
            UnitKind.FFN,
            layer,
            activation,
            width,
            1,
            found.slices().stream().map(this::renumbered).collect(ImmutableList.toImmutableList()),
            found.shapes().stream()
                .map(e -> new ShapeEdit(e.node(), renumbered(e.channels())))
                .collect(ImmutableList.toImmutableList()),
            found.splits().stream().map(this::renumbered).collect(ImmutableList.toImmutableList()),
            ImmutableList.copyOf(found.consumers()),
            found.tensors().entrySet().stream()
                .collect(
                    ImmutableMap.toImmutableMap(Map.Entry::getKey, e -> renumbered(e.getValue()))));
    return unit;
  }

  private String activation() {
    Set<String> entering =
        found.consumers().stream()
            .map(p -> found.graph().node(p.node()).getInput(0))
            .collect(Collectors.toSet());
    if (entering.size() != 1) {
      throw new Blocked("its outputs enter several products as different tensors " + entering);
    }
    return entering.iterator().next();
  }

  /** Matrices that other nodes use as well are tied weights: they cannot be cut for one use. */
  private void requireOwnWeights() {
    Set<Graph.Use> own = found.slices().stream().map(WeightSlice::use).collect(Collectors.toSet());
    for (WeightSlice slice : found.slices()) {
      List<Graph.Use> uses = found.graph().usesOfStorage(slice.storage());
      boolean matrix = slice.elements() > slice.channels().width();
      if (matrix && found.graph().leavesMainGraph(slice.storage())) {
        throw new Blocked(
            "weight '"
                + slice.storage()
                + "' is also read in a subgraph or an output of the model");
      }
      if (matrix && !own.containsAll(uses)) {
        Graph.Use other = uses.stream().filter(u -> !own.contains(u)).findFirst().orElseThrow();
        throw new Blocked(
            "weight '"
                + slice.storage()
                + "' is shared with "
                + found.graph().node(other.node()).getOpType()
                + " '"
                + found.graph().node(other.node()).getName()
                + "'");
      }
    }
  }

  private WeightSlice renumbered(WeightSlice slice) {
    return new WeightSlice(
        slice.use(), slice.storage(), renumbered(slice.channels()), slice.elements());
  }

  private SplitEdit renumbered(SplitEdit edit) {
    SplitEdit renumbered =
        new SplitEdit(
            edit.node(),
            edit.parts().stream().map(this::renumbered).collect(ImmutableList.toImmutableList()),
            edit.sized());
    List<Integer> first = sorted(renumbered.parts().get(0));
    if (!edit.sized() && renumbered.parts().stream().anyMatch(p -> !sorted(p).equals(first))) {
      throw new Blocked("a Split into equal parts would become unequal");
    }
    return renumbered;
  }

  private static List<Integer> sorted(ChannelAxis axis) {
    return axis.channels().stream().sorted().boxed().toList();
  }

  private ChannelAxis renumbered(ChannelAxis axis) {
    ImmutableIntArray.Builder channels = ImmutableIntArray.builder(axis.width());
    for (int i = 0; i < axis.width(); i++) {
      Integer number = numbers.get(found.representative(axis.channels().get(i)));
      if (number == null) {
        throw new Blocked("some of its channels never reach the consuming product");
      }
      channels.add(number);
    }
    return new ChannelAxis(axis.axis(), channels.build());
  }
}
