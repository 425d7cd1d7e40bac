package org.fnprune.structure;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.fnprune.model.Graph;

/**
 * What can be removed from a model and what cannot.
 *
 * @param parameters of the whole model
 */
public record Structure(
    ImmutableList<PrunableUnit> units, ImmutableList<Refusal> refusals, long parameters) {

  /** Parameters that belong to prunable channels; those of two units count once. */
  public long prunableParameters() {
    Map<Graph.Use, Long> constants = new HashMap<>();
    units.forEach(
        unit -> unit.slices().forEach(slice -> constants.put(slice.use(), slice.elements())));
    return constants.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Parameters that go with a choice of channels.
   *
   * @param kept channels that stay of each unit
   */
  public long removedParameters(ToIntFunction<PrunableUnit> kept) {
    long[] removed =
        units.stream().mapToLong(unit -> unit.width() - kept.applyAsInt(unit)).toArray();
    long sum = 0;
    for (int u = 0; u < removed.length; u++) {
      sum = Math.addExact(sum, units.get(u).parametersPerChannel() * removed[u]);
    }
    for (Overlap overlap : overlaps()) {
      sum -= overlap.twice(removed[overlap.first()], removed[overlap.second()]);
    }
    return sum;
  }

  /** The constants that two units cut, each along an axis of its own. */
  public ImmutableList<Overlap> overlaps() {
    Map<Graph.Use, Integer> owners = new LinkedHashMap<>();
    ImmutableList.Builder<Overlap> overlaps = ImmutableList.builder();
    for (int u = 0; u < units.size(); u++) {
      for (WeightSlice slice : units.get(u).slices()) {
        Integer owner = owners.putIfAbsent(slice.use(), u);
        if (owner != null) {
          long pairs = (long) units.get(owner).width() * units.get(u).width();
          overlaps.add(new Overlap(owner, u, slice.elements() / pairs));
        }
      }
    }
    return overlaps.build();
  }

  /** The kinds of unit that there are, in the order of the graph. */
  public ImmutableSet<UnitKind> kinds() {
    return units.stream().map(PrunableUnit::kind).collect(ImmutableSet.toImmutableSet());
  }

  /** This structure, with the units of some kinds only: the others stay whole. */
  public Structure only(Collection<UnitKind> kinds) {
    List<PrunableUnit> wanted = units.stream().filter(unit -> kinds.contains(unit.kind())).toList();
    return new Structure(ImmutableList.copyOf(wanted), refusals, parameters);
  }
}
