package org.fnprune.report;

import java.util.Locale;
import org.fnprune.verify.Comparison;
import org.fnprune.verify.LatencyResult;
import org.jspecify.annotations.Nullable;

/** The tables that the terminal and {@code report.md} share. */
final class Summary {

  private Summary() {}

  static TextTable tasks(RunReport report) {
    TextTable table = new TextTable("Task", "Metric", "Dense", "Slim", "Δ", "Stderr", "p");
    for (Comparison task : report.tasks()) {
      table.row(
          task.task(),
          task.metric() + (task.higherIsBetter() ? " ↑" : " ↓"),
          number("%.4f", task.dense()),
          number("%.4f", task.slim()),
          number("%+.4f", task.delta()),
          number("%.4f", task.stderr()),
          number("%.3g", task.pValue()));
    }
    return table;
  }

  /** What the columns of {@link #tasks} mean. */
  static String footnote() {
    return "Δ = slim − dense; Stderr is that of Δ, examples paired; p: the chance of such a Δ if the"
        + " models were equally good.";
  }

  static TextTable sizes(RunReport report) {
    TextTable table = new TextTable("Size", "Dense", "Slim", "Change");
    long denseParameters = report.dense().parameters();
    long slimParameters = report.slim().parameters();
    table.row(
        "parameters",
        number("%,d", denseParameters),
        number("%,d", slimParameters),
        change(denseParameters, slimParameters));
    table.row(
        "file size, bytes",
        number("%,d", report.dense().bytes()),
        number("%,d", report.slim().bytes()),
        change(report.dense().bytes(), report.slim().bytes()));
    return table;
  }

  static TextTable latency(RunReport report) {
    TextTable table =
        new TextTable(
            "Latency (batch × tokens)",
            "Dense ms",
            "Slim ms",
            "Dense p95 ms",
            "Slim p95 ms",
            "Speed-up");
    for (LatencyResult result : report.latency()) {
      table.row(
          result.batchSize() + " × " + result.sequenceLength(),
          number("%.3f", result.denseMs()),
          number("%.3f", result.slimMs()),
          number("%.3f", result.denseP95Ms()),
          number("%.3f", result.slimP95Ms()),
          number("%.2f×", result.speedup()));
    }
    return table;
  }

  /** A number in words: – for one that is not there or not a number, ∞ for one without end. */
  static String number(String format, @Nullable Object value) {
    if (value == null || (value instanceof Double d && d.isNaN())) {
      return "–";
    }
    if (value instanceof Double d && d.isInfinite()) {
      return d < 0 ? "-∞" : format.contains("+") ? "+∞" : "∞";
    }
    return String.format(Locale.ROOT, format, value);
  }

  private static String change(long before, long after) {
    return number("%+.1f%%", 100.0 * (after - before) / Math.max(1, before));
  }
}
