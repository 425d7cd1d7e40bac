package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import org.fnprune.report.Chart.Point;
import org.fnprune.report.Chart.Series;
import org.fnprune.report.StoredScores.Dense;

/** One metric over the share of neurons that lesions take. */
final class LesionChart {

  private LesionChart() {}

  /** A chart of each task's first metric. */
  static ImmutableList<Chart> all(StoredLesions lesions) {
    return StoredScores.first(lesions.dense()).stream()
        .map(metric -> of(lesions, metric))
        .collect(ImmutableList.toImmutableList());
  }

  private static Chart of(StoredLesions lesions, int metric) {
    Dense dense = lesions.dense().get(metric);
    return new Chart(
        dense.name(),
        "neurons lesioned, % of " + lesions.neurons(),
        dense.label(),
        ImmutableList.of(
            series("one network", lesions, metric, StoredLesions.NETWORK),
            series("all networks", lesions, metric, "all-networks"),
            series("random, as many", lesions, metric, "random-as-many"),
            series("random share", lesions, metric, "random-share")),
        dense.number(),
        !dense.higherIsBetter());
  }

  private static Series series(String name, StoredLesions lesions, int metric, String kind) {
    return new Series(
        name,
        lesions.lesions().stream()
            .filter(lesion -> lesion.lesion().equals(kind))
            .map(
                lesion ->
                    new Point(
                        100.0 * lesion.neurons() / lesions.neurons(),
                        lesion.tasks().get(metric).number()))
            .collect(ImmutableList.toImmutableList()),
        false);
  }
}
