package org.fnprune.data;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.Sampling;
import org.jspecify.annotations.Nullable;

/**
 * Passes on the rows that are wanted, and counts the bad ones. First rows go on as they come and
 * are not held; random ones are held until all have come by.
 */
final class RowSink {

  private final boolean skipBadRows;
  private final Consumer<Row> wanted;
  private final int limit;
  private final @Nullable Reservoir<Row> drawn;
  private int count;
  private int bad;
  private String firstBad = "";

  RowSink(ReadOptions options, Consumer<Row> wanted) {
    this.skipBadRows = options.skipBadRows();
    this.wanted = wanted;
    this.limit = options.limit();
    this.drawn =
        limit > 0 && options.sampling() == Sampling.RANDOM ? new Reservoir<>(options) : null;
  }

  /** Whether no further row can change anything. */
  boolean full() {
    return drawn == null && limit > 0 && count >= limit;
  }

  /**
   * Takes a row.
   *
   * @param row parses it
   * @throws UsageException of the parser, unless bad rows are skipped
   */
  void take(Supplier<Row> row) {
    Row parsed;
    try {
      parsed = row.get();
    } catch (UsageException e) {
      if (!skipBadRows) {
        throw e;
      }
      if (bad == 0) {
        firstBad = String.valueOf(e.getMessage());
      }
      bad++;
      return;
    }
    if (drawn != null) {
      drawn.add(parsed);
    } else if (!full()) {
      pass(parsed);
    }
  }

  private void pass(Row row) {
    count++;
    wanted.accept(row);
  }

  /** Passes on what was held; no row comes any more. */
  void finish() {
    if (drawn != null) {
      drawn.items().forEach(this::pass);
    }
  }

  /** Rows that were passed on. */
  int count() {
    return count;
  }

  int bad() {
    return bad;
  }

  String firstBad() {
    return firstBad;
  }
}
