package org.fnprune.data;

import org.fnprune.recipe.Sampling;

/**
 * How a dataset is read.
 *
 * @param lines whether each line of a plain text file is a row, else the file is one document
 * @param limit at most this many rows; 0 for all
 * @param sampling which rows, where there are more than {@code limit}
 * @param seed of the random choice
 * @param skipBadRows whether bad rows are counted and left out, else the first one stops
 */
public record ReadOptions(
    boolean lines, int limit, Sampling sampling, long seed, boolean skipBadRows) {

  public ReadOptions {
    if (limit < 0) {
      throw new IllegalArgumentException("limit " + limit);
    }
  }

  /** The first rows; a bad one stops. */
  public static ReadOptions first(boolean lines, int limit) {
    return new ReadOptions(lines, limit, Sampling.FIRST, 0, false);
  }

  /** The same with another rule for bad rows. */
  ReadOptions skippingBadRows(boolean skip) {
    return new ReadOptions(lines, limit, sampling, seed, skip);
  }
}
