package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import com.google.common.math.Stats;
import java.util.List;
import org.fnprune.recipe.LesionOptions;
import org.fnprune.recipe.Recipe;
import org.fnprune.structure.Neurons;
import org.fnprune.structure.Structure;
import org.fnprune.verify.Comparison;
import org.fnprune.verify.MetricResult;
import org.jspecify.annotations.Nullable;

/**
 * What masking (or amplifying) networks and random neurons of the dense model did to its tasks.
 *
 * @param device where the model ran
 * @param structure the units whose neurons were lesioned
 * @param dense every metric of every task without lesion
 * @param lesions of one network each, of all, and of random neurons
 */
public record LesionReport(
    String version,
    Recipe recipe,
    LesionOptions options,
    String device,
    Structure structure,
    ImmutableList<MetricResult> dense,
    ImmutableList<Lesioned> lesions,
    ImmutableList<String> warnings) {

  /**
   * A metric over several draws of random neurons.
   *
   * @param mean of the lesioned model's value
   * @param spread standard deviation over draws; null for one draw
   */
  public record Draws(Comparison first, double mean, @Nullable Double spread) {}

  /** All neurons of the targets. */
  public int neurons() {
    return Neurons.countOf(structure);
  }

  /** The lesions of a kind, in their order. */
  public ImmutableList<Lesioned> of(Class<? extends Lesioned.What> kind) {
    return lesions.stream()
        .filter(lesion -> kind.isInstance(lesion.what()))
        .collect(ImmutableList.toImmutableList());
  }

  /** Every metric over the draws of a kind of random lesion. */
  public ImmutableList<Draws> draws(Class<? extends Lesioned.What> kind) {
    List<Lesioned> draws = of(kind);
    ImmutableList.Builder<Draws> metrics = ImmutableList.builder();
    for (int i = 0; i < dense.size(); i++) {
      int metric = i;
      Stats values =
          draws.stream().map(draw -> draw.tasks().get(metric).slim()).collect(Stats.toStats());
      metrics.add(
          new Draws(
              draws.get(0).tasks().get(i),
              values.mean(),
              values.count() < 2 ? null : values.sampleStandardDeviation()));
    }
    return metrics.build();
  }
}
