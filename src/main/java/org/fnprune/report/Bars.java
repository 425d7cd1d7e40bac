package org.fnprune.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Bars of the dense and the slim model below each other, each pair on a scale of its own. Widths
 * are shares of the picture's, so that text stays as large as it is on any screen.
 */
final class Bars {

  private static final int ROW = 62;

  /** What is left of the width for bars; the numbers stand behind. */
  private static final double ROOM = 0.74;

  /**
   * A pair.
   *
   * @param full what a bar of full length is; 0 for the larger of the two
   */
  private record Row(
      String label, double dense, double slim, double full, String denseText, String slimText) {}

  private final List<Row> rows = new ArrayList<>();

  Bars add(
      String label, double dense, double slim, double full, String denseText, String slimText) {
    rows.add(new Row(label, dense, slim, full, denseText, slimText));
    return this;
  }

  /** The figure; nothing where there are no rows. */
  Html html(String id, String title) {
    if (rows.isEmpty()) {
      return Html.all();
    }
    StringBuilder words = new StringBuilder();
    List<Html> parts = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      double full = row.full > 0 ? row.full : Math.max(row.dense, row.slim);
      int top = i * ROW;
      parts.add(Html.of("text", row.label).with("x", 0).with("y", top + 13).with("class", "lbl"));
      bar(parts, "dense", row.dense / full, row.denseText, top + 21);
      bar(parts, "slim", row.slim / full, row.slimText, top + 39);
      words.append(row.label).append(": dense ").append(row.denseText);
      words.append(", slim ").append(row.slimText).append(". ");
    }
    return Html.of(
            "figure",
            Svg.of(id, title, words.toString().strip(), parts)
                .with("class", "bars")
                .with("width", "100%")
                .with("height", rows.size() * ROW),
            Html.of("figcaption", key("dense"), "dense ", key("slim"), "slim"))
        .with("class", "barfig");
  }

  private static Html key(String kind) {
    return Html.of("span").with("class", "key " + kind).with("aria-hidden", "true");
  }

  private static void bar(List<Html> parts, String kind, double share, String text, int y) {
    double width = Double.isFinite(share) ? Math.max(0, Math.min(1, share)) * ROOM : 0;
    parts.add(
        Html.of("rect")
            .with("class", kind)
            .with("y", y)
            .with("width", Svg.percent(width))
            .with("height", 13)
            .with("rx", 2));
    parts.add(
        Html.of("text", text)
            .with("x", "100%")
            .with("y", y + 11)
            .with("text-anchor", "end")
            .with("class", "val"));
  }
}
