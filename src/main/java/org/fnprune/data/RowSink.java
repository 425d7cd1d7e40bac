package org.fnprune.data;

import com.google.common.collect.ImmutableList;
import java.util.function.Supplier;
import org.fnprune.common.UsageException;

/** Takes the rows that are wanted, as they come, and counts the bad ones. */
final class RowSink {

  private final boolean skipBadRows;
  private final Reservoir<Row> rows;
  private int bad;
  private String firstBad = "";

  RowSink(ReadOptions options) {
    this.skipBadRows = options.skipBadRows();
    this.rows = new Reservoir<>(options);
  }

  /** Whether no further row can change anything. */
  boolean full() {
    return rows.full();
  }

  /**
   * Takes a row.
   *
   * @param row parses it
   * @throws UsageException of the parser, unless bad rows are skipped
   */
  void take(Supplier<Row> row) {
    try {
      rows.add(row.get());
    } catch (UsageException e) {
      if (!skipBadRows) {
        throw e;
      }
      if (bad == 0) {
        firstBad = String.valueOf(e.getMessage());
      }
      bad++;
    }
  }

  ImmutableList<Row> rows() {
    return rows.items();
  }

  int bad() {
    return bad;
  }

  String firstBad() {
    return firstBad;
  }
}
