package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.Multimaps;
import org.fnprune.report.Chart.Point;
import org.fnprune.report.Chart.Series;
import org.fnprune.report.SweepReport.Preserved;
import org.fnprune.report.SweepReport.Selected;
import org.fnprune.verify.MetricResult;

/** One metric over what a sweep goes through. */
final class SweepCharts {

  private SweepCharts() {}

  /** The preservation curve. */
  static Chart overNetworks(SweepReport report, int metric) {
    return chart(
        report,
        metric,
        "only so many networks left",
        "neurons left, % of " + report.neurons(),
        ImmutableList.of(
            new Series(
                "networks",
                report.preserved().stream()
                    .map(p -> new Point(percent(report, p), p.tasks().get(metric).slim()))
                    .collect(ImmutableList.toImmutableList()),
                true),
            new Series(
                "random, as many",
                report.preserved().stream()
                    .map(p -> new Point(percent(report, p), p.random().get(metric).slim()))
                    .collect(ImmutableList.toImmutableList()),
                true)));
  }

  /** A curve for every selector. */
  static Chart overSparsity(SweepReport report, int metric) {
    ImmutableListMultimap<String, Selected> bySelector =
        Multimaps.index(report.selected(), Selected::selector);
    ImmutableList.Builder<Series> series = ImmutableList.builder();
    for (String selector : bySelector.keySet()) {
      series.add(
          new Series(
              selector,
              bySelector.get(selector).stream()
                  .map(s -> new Point(100 * s.sparsity(), s.tasks().get(metric).slim()))
                  .collect(ImmutableList.toImmutableList()),
              true));
    }
    return chart(
        report,
        metric,
        "selectors, no compensation",
        "sparsity, % of the targets' parameters",
        series.build());
  }

  private static Chart chart(
      SweepReport report, int metric, String what, String x, ImmutableList<Series> series) {
    MetricResult dense = report.dense().get(metric);
    return new Chart(
        dense.task() + ": " + what,
        x,
        dense.metric() + (dense.higherIsBetter() ? " ↑" : " ↓"),
        series,
        dense.value(),
        !dense.higherIsBetter());
  }

  private static double percent(SweepReport report, Preserved preserved) {
    return 100.0 * preserved.neurons() / report.neurons();
  }
}
