package org.fnprune.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.fnprune.report.SweepReport.Preserved;
import org.fnprune.report.SweepReport.Selected;
import org.fnprune.verify.Comparison;
import org.fnprune.verify.MetricResult;

/** What the terminal shows of a sweep: each task's first metric. */
public final class SweepText {

  private SweepText() {}

  /** The tables. */
  public static String render(SweepReport report) {
    StringBuilder text = new StringBuilder();
    for (int metric : MaskedScores.first(report.dense())) {
      MetricResult dense = report.dense().get(metric);
      text.append(dense.task()).append(": ").append(dense.metric());
      text.append(dense.higherIsBetter() ? " ↑" : " ↓").append(", dense ");
      text.append(Summary.number("%.4f", dense.value())).append("\n\n");
      text.append(networks(report, metric).toText()).append('\n');
      text.append(selectors(report, metric).toText()).append('\n');
    }
    text.append(
            "All neurons but these are masked, and nothing makes up for them. Δ = masked − dense;")
        .append("\nStderr is that of Δ, examples paired; p: the chance of such a Δ if nothing had")
        .append(" changed.\n");
    return text.toString();
  }

  private static TextTable networks(SweepReport report, int metric) {
    TextTable table =
        new TextTable("Networks", "Neurons left", "%", "Value", "Δ", "Stderr", "p", "Random");
    for (Preserved preserved : report.preserved()) {
      Comparison task = preserved.tasks().get(metric);
      table.row(
          preserved.networks(),
          preserved.neurons(),
          Summary.number("%.1f", 100.0 * preserved.neurons() / report.neurons()),
          Summary.number("%.4f", task.slim()),
          Summary.number("%+.4f", task.delta()),
          Summary.number("%.4f", task.stderr()),
          Summary.number("%.3g", task.pValue()),
          Summary.number("%.4f", preserved.random().get(metric).slim()));
    }
    return table;
  }

  private static TextTable selectors(SweepReport report, int metric) {
    List<Double> sparsities =
        report.selected().stream().map(Selected::sparsity).distinct().sorted().toList();
    List<String> header = new ArrayList<>(List.of("Selector at sparsity"));
    sparsities.forEach(sparsity -> header.add(String.format(Locale.ROOT, "%s", sparsity)));
    TextTable table = new TextTable(header.toArray(String[]::new));
    for (String selector : report.selected().stream().map(Selected::selector).distinct().toList()) {
      List<String> row = new ArrayList<>(List.of(selector));
      sparsities.forEach(sparsity -> row.add(value(report, selector, sparsity, metric)));
      table.row(row.toArray());
    }
    return table;
  }

  private static String value(SweepReport report, String selector, double sparsity, int metric) {
    return report.selected().stream()
        .filter(s -> s.selector().equals(selector) && s.sparsity() == sparsity)
        .findFirst()
        .map(s -> Summary.number("%.4f", s.tasks().get(metric).slim()))
        .orElse("–");
  }
}
