package org.fnprune.report;

import java.util.ArrayList;
import java.util.List;

/** A plain-text table with columns as wide as their widest cell; numbers are aligned right. */
public final class TextTable {

  private final List<List<String>> rows = new ArrayList<>();
  private final int columns;

  /** A table with a header row. */
  public TextTable(String... header) {
    columns = header.length;
    rows.add(List.of(header));
  }

  /** Adds a row of as many cells as the header has. */
  public TextTable row(Object... cells) {
    if (cells.length != columns) {
      throw new IllegalArgumentException(cells.length + " cells in " + columns + " columns");
    }
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(String.valueOf(cell).replaceAll("\\p{Cntrl}+", " "));
    }
    rows.add(row);
    return this;
  }

  /** Whether only the header is there. */
  public boolean isEmpty() {
    return rows.size() == 1;
  }

  /** The table with aligned columns, a rule under the header and a newline at the end. */
  public String toText() {
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], length(row.get(i)));
      }
    }
    StringBuilder text = new StringBuilder();
    for (int r = 0; r < rows.size(); r++) {
      for (int i = 0; i < columns; i++) {
        String cell = rows.get(r).get(i);
        String gap = " ".repeat(widths[i] - length(cell));
        boolean right = rightAligned(i);
        text.append(right ? gap + cell : i == columns - 1 ? cell : cell + gap);
        text.append(i == columns - 1 ? "\n" : "  ");
      }
      if (r == 0) {
        for (int i = 0; i < columns; i++) {
          text.append("─".repeat(widths[i])).append(i == columns - 1 ? "\n" : "  ");
        }
      }
    }
    return text.toString();
  }

  /**
   * A row as it is to be shown.
   *
   * @param head whether it is the header
   */
  record Row(boolean head, List<Cell> cells) {

    /**
     * A cell.
     *
     * @param first whether it names its row
     * @param right whether its column has numbers
     */
    record Cell(String text, boolean first, boolean right) {}
  }

  /** The rows, the header first. */
  List<Row> rows() {
    List<Row> shown = new ArrayList<>();
    for (int r = 0; r < rows.size(); r++) {
      List<Row.Cell> cells = new ArrayList<>();
      for (int i = 0; i < columns; i++) {
        cells.add(new Row.Cell(rows.get(r).get(i), i == 0, i > 0 && rightAligned(i)));
      }
      shown.add(new Row(r == 0, cells));
    }
    return shown;
  }

  /** The table in Markdown. */
  public String toMarkdown() {
    StringBuilder text = new StringBuilder();
    for (int r = 0; r < rows.size(); r++) {
      text.append("| ");
      text.append(String.join(" | ", rows.get(r).stream().map(Markdown::escape).toList()));
      text.append(" |\n");
      if (r == 0) {
        for (int i = 0; i < columns; i++) {
          text.append(rightAligned(i) ? "|---:" : "|---");
        }
        text.append("|\n");
      }
    }
    return text.toString();
  }

  private boolean rightAligned(int column) {
    return rows.size() > 1
        && rows.stream()
            .skip(1)
            .map(row -> row.get(column))
            .allMatch(
                cell ->
                    cell.isEmpty()
                        || cell.matches("[-+−–—]|[-+]?∞|[-+−]?[0-9][0-9.,e%×±<+− -]*.{0,4}"));
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
