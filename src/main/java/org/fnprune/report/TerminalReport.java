package org.fnprune.report;

import java.util.Locale;

/** The summary that a run prints when it is done. */
public final class TerminalReport {

  private TerminalReport() {}

  /** The text, with a newline at its end. */
  public static String render(RunReport report) {
    StringBuilder text = new StringBuilder();
    TextTable tasks = Summary.tasks(report);
    if (!tasks.isEmpty()) {
      text.append(tasks.toText()).append('\n');
    }
    text.append(Summary.sizes(report).toText()).append('\n');
    TextTable latency = Summary.latency(report);
    if (!latency.isEmpty()) {
      text.append(latency.toText()).append('\n');
    }
    text.append(
        String.format(
            Locale.ROOT,
            "Removed %.1f%% of the targets' parameters; slim equals masked: %.1e (allowed %.1e).%n",
            100 * report.sparsity(),
            report.equivalence().maxAbsDiff(),
            report.equivalence().tolerance()));
    if (report.recipe().verify().maxDrop() != null) {
      text.append(report.gate().passed() ? "Gate passed.\n" : "Gate missed:\n");
    }
    report.gate().reasons().forEach(reason -> text.append("  ").append(reason).append('\n'));
    return text.toString();
  }
}
