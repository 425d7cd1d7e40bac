package org.fnprune.report;

import java.util.Locale;

/** The summary that a run prints when it is done. */
public final class TerminalReport {

  private TerminalReport() {}

  /** The text, with a newline at its end. */
  public static String render(RunReport run) {
    return render(StoredReport.of(run));
  }

  /** The text of a run that was stored. */
  public static String render(StoredReport report) {
    StringBuilder text = new StringBuilder();
    TextTable tasks = Summary.tasks(report);
    if (!tasks.isEmpty()) {
      text.append(tasks.toText()).append(Summary.footnote()).append("\n\n");
    }
    text.append(Summary.sizes(report).toText()).append('\n');
    TextTable latency = Summary.latency(report);
    if (!latency.isEmpty()) {
      text.append(latency.toText()).append('\n');
    }
    text.append(
        String.format(
            Locale.ROOT,
            "Removed %.1f%% of the targets' parameters; slim equals masked: %s (allowed %.1e).%n",
            100 * report.sparsity(),
            Summary.finite("%.1e", report.equivalence().maxAbsDiff()),
            report.equivalence().tolerance()));
    if (!report.warnings().isEmpty()) {
      int count = report.warnings().size();
      text.append(count)
          .append(count == 1 ? " warning" : " warnings")
          .append("; see report.html.\n");
    }
    if (!report.gate().passed()) {
      text.append("Gate missed:\n");
    } else if (report.gated()) {
      text.append("Gate passed.\n");
    }
    report.gate().reasons().forEach(reason -> text.append("  ").append(reason).append('\n'));
    return text.toString();
  }
}
