package org.fnprune.select;

import com.google.common.collect.ImmutableMap;
import java.util.List;

/** Which channels of every unit stay: {@code plan.json}. */
public record PruningPlan(List<UnitPlan> units) {

  public PruningPlan {
    units = List.copyOf(units);
  }

  /** The units that lose channels, by id, in the plan's order. */
  public ImmutableMap<String, UnitPlan> pruned() {
    return units.stream()
        .filter(unit -> !unit.keepsAll())
        .collect(ImmutableMap.toImmutableMap(UnitPlan::id, unit -> unit));
  }
}
