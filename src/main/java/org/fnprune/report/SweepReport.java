package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import org.fnprune.recipe.Recipe;
import org.fnprune.structure.Neurons;
import org.fnprune.structure.Structure;
import org.fnprune.verify.Comparison;
import org.fnprune.verify.MetricResult;

/**
 * What the dense model does with most of its neurons masked.
 *
 * @param device where the model ran
 * @param structure the units whose neurons were masked
 * @param dense every metric of every task without masks
 * @param preserved by number of networks, ascending
 * @param selected by selector, then by sparsity, ascending
 */
public record SweepReport(
    String version,
    Recipe recipe,
    String device,
    Structure structure,
    ImmutableList<MetricResult> dense,
    ImmutableList<Preserved> preserved,
    ImmutableList<Selected> selected,
    ImmutableList<String> warnings) {

  /**
   * Only the key neurons of some networks are left.
   *
   * @param networks per unit, as asked for
   * @param neurons that are left
   * @param tasks every metric of every task
   * @param random the same with as many random neurons of every unit left
   */
  public record Preserved(
      int networks,
      int neurons,
      ImmutableList<Comparison> tasks,
      ImmutableList<Comparison> random) {}

  /**
   * Only what a selector keeps is left.
   *
   * @param sparsity share of the targets' parameters that was to be removed
   * @param neurons that are left
   */
  public record Selected(
      String selector, double sparsity, int neurons, ImmutableList<Comparison> tasks) {}

  /** All neurons of the targets. */
  public int neurons() {
    return Neurons.countOf(structure);
  }
}
