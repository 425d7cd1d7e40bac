package org.fnprune.report;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.fnprune.network.FunctionalNetwork;
import org.fnprune.network.NetworkMaps;
import org.fnprune.recipe.RecipeWriter;
import org.fnprune.search.Outcome;
import org.fnprune.select.UnitPlan;

/** {@code report.md}: the verdict first, then accuracy, size, latency, and how it came about. */
public final class MarkdownReport {

  private MarkdownReport() {}

  /** The document. */
  public static String render(RunReport report) {
    StringBuilder text = new StringBuilder();
    text.append("# fnprune report: ").append(Markdown.escape(modelName(report))).append("\n\n");
    text.append(verdict(report)).append("\n\n");
    section(text, "Accuracy", Summary.tasks(report.tasks()));
    if (!report.tasks().isEmpty()) {
      text.append(Summary.footnote()).append("\n\n");
    }
    section(text, "Size", Summary.sizes(report.dense(), report.slim(), report.latency()));
    section(text, "Latency", Summary.latency(report.latency()));
    text.append(equivalence(report));
    section(text, "Units", units(report));
    text.append(selection(report));
    section(text, "Functional networks", networks(report));
    if (!report.warnings().isEmpty()) {
      text.append("## Warnings\n\n");
      report
          .warnings()
          .forEach(warning -> text.append("- ").append(Markdown.escape(warning)).append('\n'));
      text.append('\n');
    }
    section(text, "Time", timings(report));
    text.append("## Recipe\n\n```yaml\n");
    text.append(RecipeWriter.toYaml(report.recipe())).append("```\n\n");
    text.append(
        String.format(
            Locale.ROOT,
            "fnprune %s on %s. Dense model sha256 `%s`, slim model sha256 `%s`.%n",
            report.version(),
            report.device(),
            report.dense().sha256(),
            report.slim().sha256()));
    return text.toString();
  }

  private static String selection(RunReport report) {
    Outcome outcome = report.selection();
    StringBuilder text = new StringBuilder("## Selection\n\n");
    text.append(Markdown.escape(outcome.choice().describe()))
        .append(": ")
        .append(Markdown.escape(outcome.reason()))
        .append(".\n\n");
    if (outcome.measuredLoss().isPresent()) {
      text.append(
          String.format(
              Locale.ROOT,
              "Divergence from the dense model on held-out text, each unit compensated apart: "
                  + "measured %.4g nats%s.%n%n",
              outcome.measuredLoss().getAsDouble(),
              outcome.predictedLoss().isPresent()
                  ? String.format(
                      Locale.ROOT,
                      ", predicted by the curvature %.4g",
                      outcome.predictedLoss().getAsDouble())
                  : ""));
    }
    int last = outcome.trials().stream().mapToInt(Outcome.Trial::rung).max().orElse(0);
    TextTable trials = new TextTable("Rung", "Candidate", "Loss, nats", "");
    for (Outcome.Trial trial : outcome.trials()) {
      trials.row(
          trial.rung(),
          trial.choice().describe(),
          String.format(Locale.ROOT, "%.4g", trial.loss()),
          !trial.kept() ? "" : trial.rung() == last ? "wins" : "goes on");
    }
    if (!outcome.trials().isEmpty()) {
      text.append(trials.toMarkdown()).append('\n');
    }
    return text.toString();
  }

  private static String modelName(RunReport report) {
    Path model = report.recipe().model().getFileName();
    return model == null ? "model" : model.toString();
  }

  private static String verdict(RunReport report) {
    if (!report.gate().passed()) {
      return "**Gate missed.** "
          + Markdown.escape(String.join("; ", report.gate().reasons()))
          + ".";
    }
    return report.gated()
        ? Summary.number(
            "**Gate passed**: no task's first metric lost more than %.4g"
                + " (perplexity: rose by more than that share).",
            report.recipe().verify().maxDrop())
        : "**There was no gate to pass**: the figures below are for you to judge.";
  }

  private static String equivalence(RunReport report) {
    return String.format(
        Locale.ROOT,
        "Before compensation, the slim model equals the dense one with the dropped channels set to"
            + " zero: largest difference %.2e, allowed %.2e, of %d %s on %d batches.%n%n",
        report.equivalence().maxAbsDiff(),
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

  private static TextTable units(RunReport report) {
    TextTable table =
        new TextTable("Unit", "Kind", "Layer", "Width", "Kept", "Share", "Compensation", "Ridge ε");
    for (UnitPlan unit : report.plan().units()) {
      Double ridge = report.ridges().get(unit.id());
      table.row(
          unit.id(),
          unit.kind(),
          unit.layer() < 0 ? "–" : unit.layer(),
          unit.width(),
          unit.kept().length(),
          Summary.number("%.1f%%", 100.0 * unit.kept().length() / unit.width()),
          report.compensation(unit.id()),
          ridge == null || !Double.isFinite(ridge) ? "–" : Summary.number("%.3g", ridge));
    }
    for (String unit : report.refitted()) {
      Double ridge = report.ridges().get(unit);
      table.row(
          unit,
          "–",
          "–",
          "–",
          "all",
          "–",
          report.compensation(unit),
          ridge == null || !Double.isFinite(ridge) ? "–" : Summary.number("%.3g", ridge));
    }
    return table;
  }

  private static TextTable networks(RunReport report) {
    TextTable table =
        new TextTable(
            "Unit",
            "Networks",
            "Asked for",
            "Iterations",
            "Converged",
            "Median size",
            "Least stability");
    for (Map.Entry<String, NetworkMaps> entry : report.networks().entrySet()) {
      NetworkMaps maps = entry.getValue();
      table.row(
          entry.getKey(),
          maps.networks(),
          askedFor(maps),
          maps.iterations(),
          maps.converged() ? "yes" : "no",
          medianSize(report.supports(entry.getKey())),
          maps.stability()
              .flatMap(all -> all.stream().boxed().min(Double::compare))
              .map(least -> Summary.number("%.2f", least))
              .orElse("–"));
    }
    return table;
  }

  /** The number, and what estimated it from how many effective tokens. */
  private static String askedFor(NetworkMaps maps) {
    return maps.components()
        .estimate()
        .map(
            e ->
                maps.requested()
                    + (" (" + e.by().name().toLowerCase(Locale.ROOT))
                    + Summary.number(", n_eff %.0f)", e.samples().count()))
        .orElse(Integer.toString(maps.requested()));
  }

  private static String medianSize(List<FunctionalNetwork> networks) {
    int[] sizes = networks.stream().mapToInt(n -> n.support().length()).sorted().toArray();
    return sizes.length == 0 ? "–" : Integer.toString(sizes[sizes.length / 2]);
  }

  private static TextTable timings(RunReport report) {
    TextTable table = new TextTable("Stage", "Seconds");
    report.timings().forEach((stage, ms) -> table.row(stage, Summary.number("%.2f", ms / 1000.0)));
    return table;
  }
}
