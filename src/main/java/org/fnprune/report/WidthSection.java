package org.fnprune.report;

import java.util.ArrayList;
import java.util.List;
import org.fnprune.report.HtmlReport.Section;
import org.fnprune.report.StoredReport.Unit;

/** How wide every unit still is. */
final class WidthSection {

  private static final int ROW = 24;
  private static final double LABEL = 0.34;
  private static final double ROOM = 0.40;
  private static final int LABEL_CHARACTERS = 18;
  private static final int OPEN = 12;

  private WidthSection() {}

  static Section of(StoredReport report) {
    Html full = HtmlTable.of("Width of every unit", Summary.units(report));
    return new Section(
        "widths",
        "Kept width per layer",
        Html.all(
            HtmlReport.lead(
                "A unit is a set of channels that can go one by one: neurons of a feed-forward"
                    + " block (ffn), attention heads (heads, kv_groups), outputs of the down"
                    + " projection (ffn_out). The bar is the share of its channels that the slim"
                    + " model keeps."),
            chart(report.units()),
            report.units().size() <= OPEN
                ? full
                : Html.of("details", Html.of("summary", "All widths as a table"), full)));
  }

  private static Html chart(List<Unit> units) {
    List<Html> parts = new ArrayList<>();
    StringBuilder words = new StringBuilder();
    for (int i = 0; i < units.size(); i++) {
      Unit unit = units.get(i);
      double share = unit.kept() / (double) unit.width();
      int top = i * ROW;
      parts.add(Html.of("text", label(unit)).with("y", top + 15).with("class", "lbl"));
      parts.add(bar("track", top, ROOM));
      parts.add(bar("slim", top, ROOM * share));
      parts.add(
          Html.of("text", unit.kept() + " of " + unit.width())
              .with("x", "100%")
              .with("y", top + 15)
              .with("text-anchor", "end")
              .with("class", "val"));
      words.append(unit.id()).append(": ").append(unit.kept()).append(" of ");
      words.append(unit.width()).append(". ");
    }
    return Html.of(
        "figure",
        Svg.of("chart-widths", "Channels kept of every unit", words.toString().strip(), parts)
            .with("class", "bars")
            .with("width", "100%")
            .with("height", units.size() * ROW));
  }

  private static Html bar(String kind, int top, double width) {
    return Html.of("rect")
        .with("class", kind)
        .with("x", Svg.percent(LABEL))
        .with("y", top + 4)
        .with("width", Svg.percent(width))
        .with("height", 14)
        .with("rx", 2);
  }

  /** The id, its middle cut out where it is long; the table has all of it. */
  private static String label(Unit unit) {
    String id = unit.id();
    int half = LABEL_CHARACTERS / 2;
    return id.length() <= LABEL_CHARACTERS
        ? id
        : id.substring(0, half) + "…" + id.substring(id.length() - half + 1);
  }
}
