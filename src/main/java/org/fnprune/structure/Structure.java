package org.fnprune.structure;

import com.google.common.collect.ImmutableList;

/**
 * What can be removed from a model and what cannot.
 *
 * @param parameters of the whole model
 */
public record Structure(
    ImmutableList<PrunableUnit> units, ImmutableList<Refusal> refusals, long parameters) {

  /** Parameters that belong to prunable channels. */
  public long prunableParameters() {
    return units.stream().mapToLong(PrunableUnit::parameters).sum();
  }
}
