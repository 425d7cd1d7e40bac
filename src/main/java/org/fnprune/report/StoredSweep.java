package org.fnprune.report;

import static org.fnprune.report.StoredJson.orEmpty;

import com.google.common.collect.ImmutableList;
import org.fnprune.report.StoredScores.Dense;
import org.fnprune.report.StoredScores.Masked;

/**
 * {@code sweep.json} as it was read.
 *
 * @param neurons of all units
 * @param dense every metric without masks
 * @param networks with so many networks per unit left
 * @param selectors with what a selector keeps left
 */
public record StoredSweep(
    int neurons,
    ImmutableList<Dense> dense,
    ImmutableList<Preserved> networks,
    ImmutableList<Selected> selectors) {

  /** Only the key neurons of some networks are left; beside as many random neurons. */
  public record Preserved(
      int networks, int neurons, ImmutableList<Masked> tasks, ImmutableList<Masked> random) {}

  /** Only what a selector keeps is left. */
  public record Selected(
      String selector, double sparsity, int neurons, ImmutableList<Masked> tasks) {}

  public StoredSweep {
    dense = orEmpty(dense);
    networks = orEmpty(networks);
    selectors = orEmpty(selectors);
  }

  /** What its {@code sweep.json} says of a report. */
  static StoredSweep of(SweepReport report) {
    return StoredJson.of(SweepFiles.json(report), StoredSweep.class);
  }
}
