package org.fnprune.report;

import java.util.ArrayList;
import java.util.List;
import org.fnprune.report.StoredReport.LatencyRow;
import org.fnprune.report.StoredReport.TaskRow;

/** The first thing to see: whether the slim model is good enough, and what it is worth. */
final class Verdict {

  private static final int TASKS_SHOWN = 4;

  private Verdict() {}

  static Html of(StoredReport report) {
    String kind = !report.gate().passed() ? "missed" : report.gated() ? "passed" : "none";
    String title =
        switch (kind) {
          case "missed" -> "Gate missed";
          case "passed" -> "Gate passed";
          default -> "No gate was set";
        };
    Html mark =
        Html.of("span", kind.equals("missed") ? "✕" : kind.equals("passed") ? "✓" : "–")
            .with("class", "mark")
            .with("aria-hidden", "true");
    Html verdict =
        Html.of(
                "section",
                Html.of("h2", mark, title).with("id", "verdict-h"),
                Html.of("p", Summary.oneLine(report) + ".").with("class", "oneline"),
                reasons(report))
            .with("id", "verdict")
            .with("class", "verdict " + kind)
            .with("aria-labelledby", "verdict-h");
    return Html.all(verdict, tiles(report));
  }

  private static Html reasons(StoredReport report) {
    if (!report.gate().passed()) {
      return Html.of(
          "ul", report.gate().reasons().stream().map(reason -> Html.of("li", reason)).toList());
    }
    return Html.of(
        "p",
        report.gated()
            ? Summary.number(
                "No task’s first metric lost more than %.4g (perplexity: rose by more than that"
                    + " share).",
                report.gate().maxDrop())
            : report.tasks().isEmpty()
                ? "No task was measured: nothing here says how good the slim model is."
                : "No limit was given for what may be lost (max_drop): the figures are for you to"
                    + " judge.");
  }

  private static Html tiles(StoredReport report) {
    StoredReport.Facts dense = report.model().dense();
    StoredReport.Facts slim = report.model().slim();
    List<Html> tiles = new ArrayList<>();
    tiles.add(
        tile(
            "Parameters",
            Summary.change(dense.parameters(), slim.parameters()),
            Sizes.count(dense.parameters()) + " → " + Sizes.count(slim.parameters())));
    tiles.add(
        tile(
            "File size",
            Summary.change(dense.bytes(), slim.bytes()),
            Sizes.bytes(dense.bytes()) + " → " + Sizes.bytes(slim.bytes())));
    for (LatencyRow row : report.latency().stream().limit(1).toList()) {
      tiles.add(
          tile(
              "Speed, batch " + Summary.batch(row),
              Summary.number("%.2f×", row.speedup()),
              Summary.number("%.2f → ", row.denseMs()) + Summary.number("%.2f ms", row.slimMs())));
    }
    for (TaskRow task : report.gateRows().stream().limit(TASKS_SHOWN).toList()) {
      tiles.add(
          tile(
              task.name() + ", " + Summary.label(task).replace(' ', '\u00a0'),
              Summary.finite("%.4g", task.slim()),
              "dense " + Summary.finite("%.4g", task.dense()) + " · n\u00a0=\u00a0" + task.n()));
    }
    return Html.of("dl", tiles).with("class", "tiles");
  }

  private static Html tile(String name, String value, String detail) {
    return Html.of(
        "div",
        Html.of("dt", name),
        Html.of("dd", value.replace('-', '−')).with("class", "big"),
        Html.of("dd", detail).with("class", "small"));
  }
}
