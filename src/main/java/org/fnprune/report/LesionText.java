package org.fnprune.report;

import java.util.Comparator;
import java.util.List;
import org.fnprune.report.LesionReport.Draws;
import org.fnprune.verify.Comparison;
import org.fnprune.verify.MetricResult;

/** What the terminal shows of lesions: each task's first metric. */
public final class LesionText {

  /** Networks that are shown, those whose lesion costs most; the others are in the files. */
  private static final int SHOWN = 10;

  private LesionText() {}

  /** The tables. */
  public static String render(LesionReport report) {
    StringBuilder text = new StringBuilder();
    text.append(verb(report)).append("; ").append(report.neurons()).append(" neurons in ");
    text.append(report.structure().units().size()).append(" units.\n\n");
    for (int metric : MaskedScores.first(report.dense())) {
      text.append(table(report, metric).toText()).append('\n');
    }
    List<Lesioned> networks = report.of(Lesioned.Network.class);
    long empty = networks.stream().filter(one -> one.neurons() == 0).count();
    text.append(networks.size()).append(" networks; ").append(empty);
    text.append(" have no key neurons at this threshold. Up to ").append(SHOWN);
    text.append(" that cost something are shown,\nall are in the files.\n");
    text.append("Δ = lesioned − dense; Stderr is that of Δ, examples paired, or of several draws")
        .append(" their\nstandard deviation; p: the chance of such a Δ if nothing had changed.\n");
    return text.toString();
  }

  private static String verb(LesionReport report) {
    double factor = report.options().factor();
    return factor == 0 ? "Neurons are masked" : "Neurons are multiplied by " + factor;
  }

  private static TextTable table(LesionReport report, int metric) {
    MetricResult dense = report.dense().get(metric);
    TextTable table =
        new TextTable(
            "Lesion, " + dense.task(),
            "Neurons",
            "%",
            dense.metric() + (dense.higherIsBetter() ? " ↑" : " ↓"),
            "Δ",
            "Stderr",
            "p");
    table.row("none (dense)", 0, "0.0", Summary.number("%.4f", dense.value()), "–", "–", "–");
    report.of(Lesioned.AllNetworks.class).forEach(all -> row(table, report, all, metric));
    random(table, report, Lesioned.RandomAsMany.class, "random, as many", metric);
    random(table, report, Lesioned.RandomShare.class, "random share", metric);
    worst(report, metric).forEach(one -> row(table, report, one, metric));
    return table;
  }

  /** Those whose lesion costs anything. */
  private static List<Lesioned> worst(LesionReport report, int metric) {
    return report.of(Lesioned.Network.class).stream()
        .filter(one -> one.tasks().get(metric).drop() > 0)
        .sorted(
            Comparator.comparingDouble((Lesioned one) -> one.tasks().get(metric).drop()).reversed())
        .limit(SHOWN)
        .toList();
  }

  private static void row(TextTable table, LesionReport report, Lesioned lesion, int metric) {
    Comparison task = lesion.tasks().get(metric);
    table.row(
        name(lesion),
        lesion.neurons(),
        percent(lesion, report),
        Summary.number("%.4f", task.slim()),
        Summary.number("%+.4f", task.delta()),
        Summary.number("%.4f", task.stderr()),
        Summary.number("%.3g", task.pValue()));
  }

  private static void random(
      TextTable table,
      LesionReport report,
      Class<? extends Lesioned.What> kind,
      String name,
      int metric) {
    Lesioned first = report.of(kind).get(0);
    Draws draws = report.draws(kind).get(metric);
    table.row(
        name + " (mean of " + report.of(kind).size() + ")",
        first.neurons(),
        percent(first, report),
        Summary.number("%.4f", draws.mean()),
        Summary.number("%+.4f", draws.mean() - draws.first().dense()),
        Summary.number("%.4f", draws.spread()),
        "–");
  }

  private static String name(Lesioned lesion) {
    return lesion.what() instanceof Lesioned.Network network
        ? network.unit() + " network " + network.network()
        : "all networks";
  }

  private static String percent(Lesioned lesion, LesionReport report) {
    return Summary.number("%.1f", 100.0 * lesion.neurons() / report.neurons());
  }
}
