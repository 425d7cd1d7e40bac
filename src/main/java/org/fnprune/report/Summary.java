package org.fnprune.report;

import java.util.List;
import java.util.Locale;
import org.fnprune.verify.Comparison;
import org.fnprune.verify.LatencyResult;
import org.jspecify.annotations.Nullable;

/** The tables that the terminal and {@code report.md} share. */
public final class Summary {

  private Summary() {}

  public static TextTable tasks(List<Comparison> comparisons) {
    TextTable table = new TextTable("Task", "Metric", "Dense", "Slim", "Δ", "Stderr", "p");
    for (Comparison task : comparisons) {
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
  public static String footnote() {
    return "Δ = slim − dense; Stderr is that of Δ, examples paired; p: the chance of such a Δ if the"
        + " models were equally good.";
  }

  public static TextTable sizes(
      RunReport.ModelFacts dense, RunReport.ModelFacts slim, List<LatencyResult> latency) {
    TextTable table = new TextTable("Size", "Dense", "Slim", "Change");
    long denseParameters = dense.parameters();
    long slimParameters = slim.parameters();
    table.row(
        "parameters",
        number("%,d", denseParameters),
        number("%,d", slimParameters),
        change(denseParameters, slimParameters));
    table.row(
        "file size, bytes",
        number("%,d", dense.bytes()),
        number("%,d", slim.bytes()),
        change(dense.bytes(), slim.bytes()));
    for (LatencyResult result : latency) {
      result
          .memory()
          .ifPresent(
              memory ->
                  table.row(
                      "peak memory of "
                          + result.batchSize()
                          + " × "
                          + result.sequenceLength()
                          + ", bytes",
                      number("%,d", memory.denseBytes()),
                      number("%,d", memory.slimBytes()),
                      change(memory.denseBytes(), memory.slimBytes())));
    }
    return table;
  }

  public static TextTable latency(List<LatencyResult> results) {
    TextTable table =
        new TextTable(
            "Latency (batch × tokens)",
            "Dense ms",
            "Slim ms",
            "Dense p95 ms",
            "Slim p95 ms",
            "Speed-up",
            "95% interval");
    for (LatencyResult result : results) {
      table.row(
          result.batchSize() + " × " + result.sequenceLength(),
          number("%.3f", result.dense().medianMs()),
          number("%.3f", result.slim().medianMs()),
          number("%.3f", result.dense().p95Ms()),
          number("%.3f", result.slim().p95Ms()),
          number("%.2f×", result.speedup().value()),
          String.format(
              Locale.ROOT,
              "%.2f to %.2f%s",
              result.speedup().low(),
              result.speedup().high(),
              result.isNoisy() ? ", too noisy to tell" : ""));
    }
    return table;
  }

  /** A number in words: – for one that is not there or not a number, ∞ for one without end. */
  public static String number(String format, @Nullable Object value) {
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
