package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fnprune.report.StoredReport.Unit;

/**
 * The slim model's {@code README.md}: what it was made from, how, what that cost, and what it is
 * not good for. It holds nothing that another run of the same recipe would measure differently
 * (latency), so that the slim folder is the same bytes again.
 */
public final class ModelCard {

  private static final Pattern LICENCE =
      Pattern.compile("(?s)\\A---\\R(?:.*?\\R)?license:[ \\t]*([A-Za-z0-9.-]+)[ \\t]*\\R.*?---");

  private ModelCard() {}

  /**
   * The card.
   *
   * @param denseCard the dense model's, whose licence is passed on
   */
  public static String render(StoredReport report, Optional<String> denseCard) {
    String name = Markdown.escape(report.name());
    StringBuilder text = new StringBuilder("---\n");
    denseCard
        .map(LICENCE::matcher)
        .filter(Matcher::find)
        .ifPresent(found -> text.append("license: ").append(found.group(1)).append('\n'));
    text.append("library_name: onnx\ntags: [onnx, pruned, fnprune]\n---\n\n");
    text.append("# ").append(name).append(", slimmed\n\n");
    text.append("A smaller version of the ONNX model **").append(name);
    text.append("**, made by structured pruning without retraining: ");
    text.append(Markdown.escape(Summary.oneLine(report))).append(".\n\n");
    text.append("## Base model\n\n").append(name).append(", sha256 `");
    text.append(report.model().dense().sha256()).append("`.");
    text.append(
        denseCard.isPresent()
            ? " Its own card is in [README.dense.md](README.dense.md); its licence and its limits"
                + " hold for this model, too.\n\n"
            : " Its licence and its limits hold for this model, too.\n\n");
    text.append("## Use\n\nTakes the base model's place: the same inputs, outputs and file names.");
    text.append(" `config.json` has the new width where all layers agree on one; `fnprune.json`");
    text.append(" lists every unit's.\n\n");
    method(report, text);
    results(report, text);
    text.append("## Limits\n\n");
    text.append("- It was fitted to calibration text of its task. On other text it may have lost");
    text.append(" more than the table shows: measure before you rely on it.\n");
    if (report.tasks().isEmpty()) {
      text.append("- No task was measured: nothing is known of what it lost.\n");
    }
    text.append("- Nothing was retrained, and nothing was done about biases of the base model.\n");
    report.warnings().forEach(w -> text.append("- ").append(Markdown.escape(w)).append('\n'));
    text.append(
        String.format(
            Locale.ROOT,
            "%nMade by fnprune %s with seed %d; the slim model's sha256 is `%s`.%n",
            report.tool().version(),
            report.seed(),
            report.model().slim().sha256()));
    return text.toString();
  }

  private static void method(StoredReport report, StringBuilder text) {
    text.append(
        String.format(
            Locale.ROOT,
            "## Method%n%n%.1f%% of the parameters of the units below were removed (selection: %s),"
                + " weights behind them were fitted to make up for it where the table says so."
                + " Methods: arXiv 2502.20408 and 2508.05239 (functional networks), optimal brain"
                + " surgery, least squares on calibration text. Before that compensation the slim"
                + " model equals the base model with the same channels set to zero (largest"
                + " difference %s, allowed %.1e).%n%n",
            100 * report.sparsity(),
            Markdown.escape(report.selection().chosen()),
            Summary.finite("%.1e", report.equivalence().maxAbsDiff()),
            report.equivalence().tolerance()));
    TextTable units = new TextTable("Unit", "Kind", "Width", "Kept", "Compensation");
    for (Unit unit : report.units()) {
      units.row(unit.id(), unit.kind(), unit.width(), unit.kept(), unit.compensation());
    }
    text.append(units.toMarkdown()).append('\n');
  }

  private static void results(StoredReport report, StringBuilder text) {
    text.append("## Results\n\n")
        .append(Summary.sizes(report.model(), ImmutableList.of()).toMarkdown())
        .append('\n');
    if (report.tasks().isEmpty()) {
      return;
    }
    TextTable tasks = Summary.tasksWithCounts(report.tasks(), "Base", "This model", "Stderr");
    text.append(tasks.toMarkdown()).append('\n').append(Summary.footnote()).append("\n\n");
  }
}
