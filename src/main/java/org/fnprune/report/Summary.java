package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.fnprune.report.StoredReport.LatencyRow;
import org.fnprune.report.StoredReport.TaskRow;
import org.jspecify.annotations.Nullable;

/** The tables and sentences that all renderings share. */
final class Summary {

  private Summary() {}

  static TextTable tasks(List<TaskRow> tasks) {
    TextTable table = new TextTable("Task", "Metric", "Dense", "Slim", "Δ", "Stderr", "p");
    tasks.forEach(task -> table.row(cells(task).toArray()));
    return table;
  }

  /**
   * The same with the number of examples behind each row.
   *
   * @param dense what the dense model is called
   * @param slim what the slim model is called
   * @param stderr what the standard error is called
   */
  static TextTable tasksWithCounts(List<TaskRow> tasks, String dense, String slim, String stderr) {
    TextTable table = new TextTable("Task", "Metric", dense, slim, "Δ", stderr, "p", "n");
    for (TaskRow task : tasks) {
      List<Object> cells = new ArrayList<>(cells(task));
      cells.add(task.n());
      table.row(cells.toArray());
    }
    return table;
  }

  private static List<String> cells(TaskRow task) {
    return List.of(
        task.name(),
        label(task),
        finite("%.4f", task.dense()),
        finite("%.4f", task.slim()),
        finite("%+.4f", task.delta()),
        number("%.4f", task.stderr()),
        number("%.3g", task.pValue()));
  }

  /** What is left of each unit, and how it was compensated; then whole units that were fitted. */
  static TextTable units(StoredReport report) {
    TextTable table =
        new TextTable("Unit", "Kind", "Layer", "Width", "Kept", "Share", "Compensation", "Ridge ε");
    for (StoredReport.Unit unit : report.units()) {
      table.row(
          unit.id(),
          unit.kind(),
          unit.layer() < 0 ? "–" : unit.layer(),
          unit.width(),
          unit.kept(),
          number("%.1f%%", 100.0 * unit.kept() / unit.width()),
          unit.compensation(),
          number("%.3g", unit.ridge()));
    }
    for (StoredReport.Refitted unit : report.refitted()) {
      table.row(
          unit.id(), "–", "–", "–", "all", "–", unit.compensation(), number("%.3g", unit.ridge()));
    }
    return table;
  }

  /** The metric with the direction in which it is better. */
  static String label(TaskRow task) {
    return task.metric() + (task.higherIsBetter() ? " ↑" : " ↓");
  }

  /** What the columns of {@link #tasks} mean. */
  static String footnote() {
    return "Δ = slim − dense; Stderr is that of Δ, examples paired; p: the chance of such a Δ if the"
        + " models were equally good.";
  }

  static TextTable sizes(StoredReport.Models models, List<LatencyRow> latency) {
    TextTable table = new TextTable("Size", "Dense", "Slim", "Change");
    StoredReport.Facts dense = models.dense();
    StoredReport.Facts slim = models.slim();
    table.row(
        "parameters",
        number("%,d", dense.parameters()),
        number("%,d", slim.parameters()),
        change(dense.parameters(), slim.parameters()));
    table.row(
        "file size, bytes",
        number("%,d", dense.bytes()),
        number("%,d", slim.bytes()),
        change(dense.bytes(), slim.bytes()));
    for (LatencyRow row : latency) {
      Long densePeak = row.densePeakBytes();
      Long slimPeak = row.slimPeakBytes();
      if (densePeak != null && slimPeak != null) {
        table.row(
            "peak memory of " + batch(row) + ", bytes",
            number("%,d", densePeak),
            number("%,d", slimPeak),
            change(densePeak, slimPeak));
      }
    }
    return table;
  }

  static TextTable latency(List<LatencyRow> latency) {
    TextTable table =
        new TextTable(
            "Latency (batch × tokens)",
            "Dense ms",
            "Slim ms",
            "Dense p95 ms",
            "Slim p95 ms",
            "Speed-up",
            "95% interval");
    for (LatencyRow row : latency) {
      table.row(
          batch(row),
          milliseconds(row.denseMs(), row.denseCiMs()),
          milliseconds(row.slimMs(), row.slimCiMs()),
          number("%.3f", row.denseP95Ms()),
          number("%.3f", row.slimP95Ms()),
          number("%.2f×", row.speedup()),
          interval(row));
    }
    return table;
  }

  /** Of the speed-up. */
  private static String interval(LatencyRow row) {
    ImmutableList<Double> ends = row.speedupCi();
    return ends == null || ends.size() != 2
        ? "–"
        : String.format(
            Locale.ROOT,
            "%.2f to %.2f%s",
            ends.get(0),
            ends.get(1),
            row.noisy() ? ", too noisy to tell" : "");
  }

  static String batch(LatencyRow row) {
    return row.batchSize() + " × " + row.sequenceLength();
  }

  /** A median with its confidence interval, where there is one. */
  static String milliseconds(double median, @Nullable ImmutableList<Double> interval) {
    String text = number("%.3f", median);
    return interval == null || interval.size() != 2
        ? text
        : String.format(Locale.ROOT, "%s (%.3f–%.3f)", text, interval.get(0), interval.get(1));
  }

  /** The whole result in a line: what went, and what the tasks' first metrics made of it. */
  static String oneLine(StoredReport report) {
    StringBuilder text = new StringBuilder();
    text.append(fewer(report.model().dense().parameters(), report.model().slim().parameters()))
        .append(" parameters, ")
        .append(fewer(report.model().dense().bytes(), report.model().slim().bytes()))
        .append(" bytes");
    for (TaskRow task : report.gateRows()) {
      text.append("; ")
          .append(task.name())
          .append(' ')
          .append(task.metric())
          .append(' ')
          .append(finite("%.4g", task.dense()))
          .append(" → ")
          .append(finite("%.4g", task.slim()));
    }
    return text.toString();
  }

  private static String fewer(long before, long after) {
    double percent = 100.0 * (before - after) / Math.max(1, before);
    return number("%.1f%%", Math.abs(percent)) + (percent < 0 ? " more" : " fewer");
  }

  /** A command line that can be typed again: what a shell would read otherwise is quoted. */
  static String command(StoredReport report) {
    StringBuilder line = new StringBuilder("fnprune");
    for (String word : report.command()) {
      boolean plain = word.matches("[A-Za-z0-9_@%+=:,./-]+");
      line.append(' ').append(plain ? word : "'" + word.replace("'", "'\\''") + "'");
    }
    return line.toString();
  }

  /** A measured number that is always there: null stands for one that is not finite. */
  static String finite(String format, @Nullable Double value) {
    return value == null ? "not finite" : number(format, value);
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

  /** A change in per cent, with its sign. */
  static String change(long before, long after) {
    return number("%+.1f%%", 100.0 * (after - before) / Math.max(1, before));
  }
}
