package org.fnprune.report;

import java.util.ArrayList;
import java.util.List;
import org.fnprune.report.TextTable.Row;

/** A table for people and screen readers: a caption, scopes, and numbers aligned right. */
final class HtmlTable {

  private HtmlTable() {}

  /**
   * The table, in a region that scrolls by itself where the page is narrow.
   *
   * @param caption says what it shows
   */
  static Html of(String caption, TextTable table) {
    List<Html> head = new ArrayList<>();
    List<Html> body = new ArrayList<>();
    for (Row row : table.rows()) {
      List<Html> cells = new ArrayList<>();
      for (Row.Cell cell : row.cells()) {
        Html html =
            row.head() || cell.first() ? Html.of("th", cell.text()) : Html.of("td", cell.text());
        if (row.head() || cell.first()) {
          html.with("scope", row.head() ? "col" : "row");
        }
        cells.add(cell.right() ? html.with("class", "num") : html);
      }
      (row.head() ? head : body).add(Html.of("tr", cells));
    }
    return scrolling(
        caption,
        Html.of(
            "table", Html.of("caption", caption), Html.of("thead", head), Html.of("tbody", body)));
  }

  /** A region that scrolls by itself, with the keyboard, too. */
  static Html scrolling(String label, Html content) {
    return Html.of("div", content)
        .with("class", "scroll")
        .with("role", "region")
        .with("tabindex", "0")
        .with("aria-label", label);
  }
}
