package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import org.fnprune.report.HtmlReport.Section;
import org.fnprune.report.StoredReport.LatencyRow;
import org.fnprune.report.StoredReport.TaskRow;
import org.jspecify.annotations.Nullable;

/** Accuracy, size and latency before and after. */
final class MeasuredSections {

  private MeasuredSections() {}

  static ImmutableList<Section> of(StoredReport report) {
    ImmutableList.Builder<Section> sections = ImmutableList.builder();
    sections.add(new Section("accuracy", "Accuracy", accuracy(report)));
    sections.add(new Section("size", "Size", size(report)));
    if (!report.latency().isEmpty()) {
      sections.add(new Section("latency", "Latency", latency(report)));
    }
    return sections.build();
  }

  private static Html accuracy(StoredReport report) {
    if (report.tasks().isEmpty()) {
      return HtmlReport.lead(
          "No task was measured. Name task files in verify.tasks, or with --task, to compare what"
              + " both models can do.");
    }
    Bars bars = new Bars();
    for (TaskRow task : report.tasks()) {
      Double dense = task.dense();
      Double slim = task.slim();
      boolean share = task.higherIsBetter() && inUnit(dense) && inUnit(slim);
      bars.add(
          task.name() + ": " + Summary.label(task),
          dense == null ? 0 : dense,
          slim == null ? 0 : slim,
          share ? 1 : 0,
          Summary.finite("%.4f", dense),
          Summary.finite("%.4f", slim));
    }
    return Html.all(
        HtmlReport.lead(
            "Both models on the same examples; an arrow says which way is better. Δ = slim − dense,"
                + " its standard error with examples paired; p is the chance of such a Δ if the"
                + " models were equally good; n the number of examples."),
        bars.html("bars-accuracy", "Task metrics, dense and slim"),
        HtmlTable.of(
            "Task metrics of the dense and the slim model",
            Summary.tasksWithCounts(report.tasks(), "Dense", "Slim", "Stderr of Δ")));
  }

  private static boolean inUnit(@Nullable Double value) {
    return value == null || (value >= 0 && value <= 1);
  }

  private static Html size(StoredReport report) {
    StoredReport.Facts dense = report.model().dense();
    StoredReport.Facts slim = report.model().slim();
    return Html.all(
        HtmlReport.lead(
            "Parameters are the values in the model’s weights, bytes the .onnx file with its"
                + " external data. "
                + Summary.number("%.1f%%", 100 * report.sparsity())
                + " of the parameters of the targeted units went; the rest of the model is as it"
                + " was."),
        new Bars()
            .add(
                "Parameters",
                (double) dense.parameters(),
                (double) slim.parameters(),
                0,
                Sizes.count(dense.parameters()),
                Sizes.count(slim.parameters()))
            .add(
                "File size",
                (double) dense.bytes(),
                (double) slim.bytes(),
                0,
                Sizes.bytes(dense.bytes()),
                Sizes.bytes(slim.bytes()))
            .html("bars-size", "Size, dense and slim"),
        HtmlTable.of(
            "Size of the dense and the slim model",
            Summary.sizes(report.model(), report.latency())),
        Html.of(
            "p",
            "Check of the rewriting: before anything made up for the loss, the slim model equalled"
                + " the dense one with the dropped channels set to zero (“slim equals masked”):"
                + " largest difference "
                + Summary.finite("%.1e", report.equivalence().maxAbsDiff())
                + Summary.number(", allowed %.1e", report.equivalence().tolerance())
                + Summary.number(", over %d batches.", report.equivalence().batches())));
  }

  private static Html latency(StoredReport report) {
    Bars bars = new Bars();
    for (LatencyRow row : report.latency()) {
      bars.add(
          "Batch × tokens: "
              + Summary.batch(row)
              + Summary.number(" (%.2f× as fast)", row.speedup()),
          row.denseMs(),
          row.slimMs(),
          0,
          Summary.number("%.2f ms", row.denseMs()),
          Summary.number("%.2f ms", row.slimMs()));
    }
    boolean noisy = report.latency().stream().anyMatch(LatencyRow::noisy);
    boolean intervals = report.latency().stream().anyMatch(row -> row.denseCiMs() != null);
    return Html.all(
        HtmlReport.lead(
            "Milliseconds for one batch of random tokens, both models timed in turn on this run’s"
                + " machine ("
                + report.device()
                + "): the median"
                + (intervals ? " with its confidence interval" : "")
                + " and the 95th percentile (p95)."),
        noisy
            ? Html.of(
                    "p",
                    "The machine was too busy: where the interval of the speed-up is wider than"
                        + " a fifth of it, it is too noisy to tell.")
                .with("class", "warn")
            : Html.all(),
        bars.html("bars-latency", "Median latency, dense and slim"),
        HtmlTable.of("Latency of the dense and the slim model", Summary.latency(report.latency())));
  }
}
