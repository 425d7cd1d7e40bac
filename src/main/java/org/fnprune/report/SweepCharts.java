package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.Multimaps;
import org.fnprune.report.Chart.Point;
import org.fnprune.report.Chart.Series;
import org.fnprune.report.StoredScores.Dense;
import org.fnprune.report.StoredSweep.Selected;

/** One metric over what a sweep goes through. */
final class SweepCharts {

  private SweepCharts() {}

  /** Of each task's first metric: over networks, and over sparsity for every selector. */
  static ImmutableList<Chart> all(StoredSweep sweep) {
    ImmutableList.Builder<Chart> charts = ImmutableList.builder();
    for (int metric : StoredScores.first(sweep.dense())) {
      charts.add(overNetworks(sweep, metric));
      charts.add(overSparsity(sweep, metric));
    }
    return charts.build();
  }

  /** The preservation curve. */
  private static Chart overNetworks(StoredSweep sweep, int metric) {
    return chart(
        sweep,
        metric,
        "only so many networks left",
        "neurons left, % of " + sweep.neurons(),
        ImmutableList.of(
            new Series(
                "networks",
                sweep.networks().stream()
                    .map(p -> new Point(percent(sweep, p), p.tasks().get(metric).number()))
                    .collect(ImmutableList.toImmutableList()),
                true),
            new Series(
                "random, as many",
                sweep.networks().stream()
                    .map(p -> new Point(percent(sweep, p), p.random().get(metric).number()))
                    .collect(ImmutableList.toImmutableList()),
                true)));
  }

  /** A curve for every selector. */
  private static Chart overSparsity(StoredSweep sweep, int metric) {
    ImmutableListMultimap<String, Selected> bySelector =
        Multimaps.index(sweep.selectors(), Selected::selector);
    ImmutableList.Builder<Series> series = ImmutableList.builder();
    for (String selector : bySelector.keySet()) {
      series.add(
          new Series(
              selector,
              bySelector.get(selector).stream()
                  .map(s -> new Point(100 * s.sparsity(), s.tasks().get(metric).number()))
                  .collect(ImmutableList.toImmutableList()),
              true));
    }
    return chart(
        sweep,
        metric,
        "selectors, no compensation",
        "sparsity, % of the targets' parameters",
        series.build());
  }

  private static Chart chart(
      StoredSweep sweep, int metric, String what, String x, ImmutableList<Series> series) {
    Dense dense = sweep.dense().get(metric);
    return new Chart(
        dense.name() + ": " + what,
        x,
        dense.label(),
        series,
        dense.number(),
        !dense.higherIsBetter());
  }

  private static double percent(StoredSweep sweep, StoredSweep.Preserved preserved) {
    return 100.0 * preserved.neurons() / sweep.neurons();
  }
}
