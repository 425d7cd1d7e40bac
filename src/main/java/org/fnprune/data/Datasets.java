package org.fnprune.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a run's datasets by one rule for bad rows, and keeps what was read of each file: the report
 * tells of every row that was left out.
 */
public final class Datasets {

  /**
   * What was read of a file.
   *
   * @param rows rows that were used
   * @param skipped bad rows that were left out
   * @param firstBad what is wrong with the first of them; empty without
   */
  public record Used(Path file, int rows, int skipped, String firstBad) {

    /** What to tell the user; empty when nothing was left out. */
    public Optional<String> warning() {
      return skipped == 0
          ? Optional.empty()
          : Optional.of(
              "dataset "
                  + file
                  + ": "
                  + skipped
                  + (skipped == 1 ? " bad row was" : " bad rows were")
                  + " skipped; first "
                  + firstBad);
    }
  }

  private final boolean skipBadRows;
  private final Map<Path, Used> used = new LinkedHashMap<>();

  /**
   * @param skipBadRows whether bad rows are counted and left out, else the first one stops
   */
  public Datasets(boolean skipBadRows) {
    this.skipBadRows = skipBadRows;
  }

  /**
   * Reads the first rows.
   *
   * @param fields that every row must have, one value each
   * @param lines whether each line of a plain text file is a row, else the file is one document
   * @param limit at most this many rows; 0 for all
   * @throws org.fnprune.common.UsageException as {@link DatasetReader#read} throws it
   */
  public Dataset read(Path file, ImmutableSet<String> fields, boolean lines, int limit) {
    return read(file, Fields.of(fields), ReadOptions.first(lines, limit));
  }

  /**
   * Reads rows; of the options, what they say of bad rows does not count.
   *
   * @throws org.fnprune.common.UsageException as {@link DatasetReader#read} throws it
   */
  public Dataset read(Path file, Fields fields, ReadOptions options) {
    Dataset read = DatasetReader.read(file, fields, options.skippingBadRows(skipBadRows));
    count(new Used(file, read.rows().size(), read.badRows(), read.firstBad()));
    return read;
  }

  /** As {@link #read(Path, Fields, ReadOptions)}, but rows are passed on as they are read. */
  void pass(Path file, Fields fields, ReadOptions options, DatasetReader.RowTaker taker) {
    DatasetReader.Passed read =
        DatasetReader.pass(file, fields, options.skippingBadRows(skipBadRows), taker);
    count(new Used(file, read.rows(), read.badRows(), read.firstBad()));
  }

  private void count(Used read) {
    used.merge(
        read.file(), read, (a, b) -> b.rows() + b.skipped() > a.rows() + a.skipped() ? b : a);
  }

  /** What to tell the user: of each file, how many rows were left out. */
  public ImmutableList<String> warnings() {
    return used.values().stream()
        .flatMap(file -> file.warning().stream())
        .collect(ImmutableList.toImmutableList());
  }

  /** What was read of each file, in the order of reading; of several times the most. */
  public ImmutableList<Used> used() {
    return ImmutableList.copyOf(used.values());
  }
}
