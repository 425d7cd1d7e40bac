package org.fnprune.data;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;

/**
 * The rows of a dataset, at least one.
 *
 * @param document whether the one row is a whole plain text file, to be cut into windows
 * @param badRows rows that were left out because they are bad
 * @param firstBad what is wrong with the first of them; empty without
 */
public record Dataset(
    Path file, ImmutableList<Row> rows, boolean document, int badRows, String firstBad) {

  public Dataset {
    if (rows.isEmpty() || (document && rows.size() != 1)) {
      throw new IllegalArgumentException(
          file + " with " + rows.size() + " rows, document " + document);
    }
  }
}
