package org.fnprune.structure;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What share of a model's parameters is prunable, and what blocks the rest.
 *
 * @param kinds every kind of unit that the model has
 * @param parameters of all kinds together; what two units cut counts once
 * @param blocked weights of no unit that were refused, most parameters first
 * @param elsewhere parameters that belong to neither: embeddings, norms, biases
 */
public record Prunable(
    ImmutableList<Kind> kinds, long parameters, ImmutableList<Barrier> blocked, long elsewhere) {

  /**
   * The units of one kind.
   *
   * @param units how many
   * @param channels of all of them
   */
  public record Kind(UnitKind kind, int units, long channels, long parameters) {}

  /**
   * Refusals for one reason; reasons that differ in numbers only, as those of several layers do,
   * are one.
   *
   * @param operator of the nodes
   * @param nodes their names
   * @param reason of the first
   * @param parameters of their weights
   */
  public record Barrier(
      String operator, ImmutableList<String> nodes, String reason, long parameters) {}

  /** Sums up a structure. */
  public static Prunable of(Structure structure) {
    ImmutableList.Builder<Kind> kinds = ImmutableList.builder();
    for (UnitKind kind : UnitKind.values()) {
      Structure only = structure.only(EnumSet.of(kind));
      if (!only.units().isEmpty()) {
        kinds.add(
            new Kind(
                kind,
                only.units().size(),
                only.units().stream().mapToLong(PrunableUnit::width).sum(),
                only.prunableParameters()));
      }
    }
    ImmutableList<Barrier> blocked = blocked(structure);
    long parameters = structure.prunableParameters();
    long refused = blocked.stream().mapToLong(Barrier::parameters).sum();
    return new Prunable(
        kinds.build(),
        parameters,
        blocked,
        Math.max(0, structure.parameters() - parameters - refused));
  }

  private static ImmutableList<Barrier> blocked(Structure structure) {
    Set<String> pruned =
        structure.units().stream()
            .flatMap(unit -> unit.slices().stream())
            .map(WeightSlice::storage)
            .collect(Collectors.toSet());
    Map<String, List<Refusal>> groups = new LinkedHashMap<>();
    for (Refusal refusal : structure.refusals()) {
      // The other side of a weight with a unit: its outputs stay, its inputs are the unit's.
      if (!pruned.contains(refusal.weight())) {
        groups
            .computeIfAbsent(
                refusal.operator() + " " + refusal.reason().replaceAll("\\d+", "0"),
                reason -> new ArrayList<>())
            .add(refusal);
      }
    }
    return groups.values().stream()
        .map(Prunable::barrier)
        .sorted((a, b) -> Long.compare(b.parameters(), a.parameters()))
        .collect(ImmutableList.toImmutableList());
  }

  private static Barrier barrier(List<Refusal> refusals) {
    return new Barrier(
        refusals.get(0).operator(),
        refusals.stream().map(Refusal::node).collect(ImmutableList.toImmutableList()),
        refusals.get(0).reason(),
        refusals.stream().mapToLong(Refusal::parameters).sum());
  }
}
