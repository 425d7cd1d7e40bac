package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import org.fnprune.report.Chart.Point;
import org.fnprune.report.Chart.Series;
import org.fnprune.verify.MetricResult;

/** One metric over the share of neurons that lesions take. */
final class LesionChart {

  private LesionChart() {}

  /**
   * @param metric its place in the report's list
   */
  static Chart of(LesionReport report, int metric) {
    MetricResult dense = report.dense().get(metric);
    return new Chart(
        dense.task(),
        "neurons lesioned, % of " + report.neurons(),
        dense.metric() + (dense.higherIsBetter() ? " ↑" : " ↓"),
        ImmutableList.of(
            series("one network", report, metric, Lesioned.Network.class),
            series("all networks", report, metric, Lesioned.AllNetworks.class),
            series("random, as many", report, metric, Lesioned.RandomAsMany.class),
            series("random share", report, metric, Lesioned.RandomShare.class)),
        dense.value(),
        !dense.higherIsBetter());
  }

  private static Series series(
      String name, LesionReport report, int metric, Class<? extends Lesioned.What> kind) {
    return new Series(
        name,
        report.of(kind).stream()
            .map(
                lesion ->
                    new Point(
                        100.0 * lesion.neurons() / report.neurons(),
                        lesion.tasks().get(metric).slim()))
            .collect(ImmutableList.toImmutableList()),
        false);
  }
}
