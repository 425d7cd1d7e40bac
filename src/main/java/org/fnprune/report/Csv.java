package org.fnprune.report;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A table after RFC 4180 with a header; lines end in a line feed, null is an empty cell. */
final class Csv {

  private final StringBuilder text = new StringBuilder();

  Csv(List<String> header) {
    row(header);
  }

  void row(List<? extends @Nullable Object> cells) {
    text.append(cells.stream().map(Csv::cell).collect(Collectors.joining(","))).append('\n');
  }

  private static String cell(@Nullable Object value) {
    String cell = value == null ? "" : value.toString();
    return cell.matches("(?s).*[\",\\r\\n].*") ? "\"" + cell.replace("\"", "\"\"") + "\"" : cell;
  }

  String text() {
    return text.toString();
  }
}
