package org.fnprune.select;

import java.util.List;

/** Which channels of every unit stay: {@code plan.json}. */
public record PruningPlan(List<UnitPlan> units) {

  public PruningPlan {
    units = List.copyOf(units);
  }
}
