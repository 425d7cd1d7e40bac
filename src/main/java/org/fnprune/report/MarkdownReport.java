package org.fnprune.report;

import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** {@code report.md}: the verdict first, then accuracy, size, latency, and how it came about. */
public final class MarkdownReport {

  private MarkdownReport() {}

  /** The document. */
  public static String render(RunContents run) {
    StoredReport report = run.report();
    StringBuilder text = new StringBuilder();
    text.append("# fnprune report: ").append(Markdown.escape(report.name())).append("\n\n");
    text.append(verdict(report)).append("\n\n");
    text.append(Markdown.escape(Summary.oneLine(report))).append(".\n\n");
    section(text, "Accuracy", Summary.tasks(report.tasks()));
    if (!report.tasks().isEmpty()) {
      text.append(Summary.footnote()).append("\n\n");
    }
    section(text, "Size", Summary.sizes(report.model(), report.latency()));
    section(text, "Latency", Summary.latency(report.latency()));
    text.append(equivalence(report));
    section(text, "Units", Summary.units(report));
    text.append(selection(report));
    section(text, "Functional networks", networks(run));
    if (!report.warnings().isEmpty()) {
      text.append("## Warnings\n\n");
      report
          .warnings()
          .forEach(warning -> text.append("- ").append(Markdown.escape(warning)).append('\n'));
      text.append('\n');
    }
    section(text, "Time", timings(report));
    text.append("## How it was made\n\n");
    if (!report.command().isEmpty()) {
      text.append(Markdown.block("", Summary.command(report))).append('\n');
    }
    text.append(Markdown.block("yaml", report.recipe())).append('\n');
    section(text, "Files", files(report));
    text.append(
        String.format(
            Locale.ROOT,
            "fnprune %s, Java %s, ONNX Runtime %s, on %s, seed %d.%n",
            report.tool().version(),
            report.tool().java(),
            report.tool().onnxruntime(),
            report.device(),
            report.seed()));
    return text.toString();
  }

  private static String selection(StoredReport report) {
    StoredReport.Selection outcome = report.selection();
    StringBuilder text = new StringBuilder("## Selection\n\n");
    text.append(Markdown.escape(outcome.chosen()))
        .append(": ")
        .append(Markdown.escape(outcome.reason()))
        .append(".\n\n");
    if (outcome.measuredLoss() != null) {
      text.append(
          String.format(
              Locale.ROOT,
              "Divergence from the dense model on held-out text, each unit compensated apart: "
                  + "measured %.4g nats%s.%n%n",
              outcome.measuredLoss(),
              outcome.predictedLoss() == null
                  ? ""
                  : String.format(
                      Locale.ROOT, ", predicted by the curvature %.4g", outcome.predictedLoss())));
    }
    int last = outcome.trials().stream().mapToInt(StoredReport.Trial::rung).max().orElse(0);
    TextTable trials = new TextTable("Rung", "Candidate", "Loss, nats", "");
    for (StoredReport.Trial trial : outcome.trials()) {
      trials.row(
          trial.rung(),
          trial.candidate(),
          Summary.finite("%.4g", trial.loss()),
          !trial.kept() ? "" : trial.rung() == last ? "wins" : "goes on");
    }
    if (!outcome.trials().isEmpty()) {
      text.append(trials.toMarkdown()).append('\n');
    }
    return text.toString();
  }

  private static String verdict(StoredReport report) {
    if (!report.gate().passed()) {
      return "**Gate missed.** "
          + Markdown.escape(String.join("; ", report.gate().reasons()))
          + ".";
    }
    return report.gated()
        ? Summary.number(
            "**Gate passed**: no task's first metric lost more than %.4g"
                + " (perplexity: rose by more than that share).",
            report.gate().maxDrop())
        : "**There was no gate to pass**: the figures below are for you to judge.";
  }

  private static String equivalence(StoredReport report) {
    return String.format(
        Locale.ROOT,
        "Before compensation, the slim model equals the dense one with the dropped channels set to"
            + " zero: largest difference %s, allowed %.2e, of %d %s on %d batches.%n%n",
        Summary.finite("%.2e", report.equivalence().maxAbsDiff()),
        report.equivalence().tolerance(),
        report.equivalence().outputs(),
        report.equivalence().outputs() == 1 ? "output" : "outputs",
        report.equivalence().batches());
  }

  private static void section(StringBuilder text, String title, TextTable table) {
    if (!table.isEmpty()) {
      text.append("## ").append(title).append("\n\n").append(table.toMarkdown()).append('\n');
    }
  }

  private static TextTable networks(RunContents run) {
    TextTable table =
        new TextTable(
            "Unit",
            "Networks",
            "Asked for",
            "Iterations",
            "Converged",
            "Median size",
            "Least stability");
    for (UnitNetworks unit : run.networks()) {
      StoredNetworks found = unit.facts();
      List<Double> stability = found.stability();
      table.row(
          found.unit(),
          found.networks(),
          askedFor(found),
          found.iterations(),
          found.converged() ? "yes" : "no",
          medianSize(found.sizes()),
          stability == null || stability.isEmpty()
              ? "–"
              : Summary.number("%.2f", Collections.min(stability)));
    }
    return table;
  }

  /** The number, and what estimated it from how many effective tokens. */
  private static String askedFor(StoredNetworks found) {
    StoredNetworks.Components by = found.components();
    return by.effectiveSamples() == null
        ? Integer.toString(found.requested())
        : found.requested()
            + (" (" + by.method())
            + Summary.number(", n_eff %.0f)", by.effectiveSamples());
  }

  static String medianSize(List<Integer> sizes) {
    return sizes.isEmpty()
        ? "–"
        : sizes.stream().sorted().toList().get(sizes.size() / 2).toString();
  }

  private static TextTable files(StoredReport report) {
    TextTable table = new TextTable("File", "SHA-256");
    report.inputs().forEach(input -> table.row(input.path(), input.sha256()));
    table.row("slim model", report.model().slim().sha256());
    return table;
  }

  private static TextTable timings(StoredReport report) {
    TextTable table = new TextTable("Stage", "Seconds");
    report.timings().forEach((stage, ms) -> table.row(stage, Summary.number("%.2f", ms / 1000.0)));
    return table;
  }
}
