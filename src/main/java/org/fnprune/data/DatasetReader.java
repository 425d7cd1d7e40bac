package org.fnprune.data;

import com.google.common.base.Throwables;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.fnprune.common.UsageException;

/**
 * Reads the rows of a dataset file; the ending of its name says the format: {@code .jsonl} or
 * {@code .ndjson}, {@code .csv}, {@code .tsv}, {@code .txt} or {@code .text}, each also compressed
 * ({@code .gz}, {@code .zst}, {@code .bz2}, {@code .xz}), or {@code .parquet}. Text is UTF-8, with
 * or without a byte order mark. Files are read as streams: no more than the wanted rows and one
 * line or row group are in memory.
 */
public final class DatasetReader {

  static final String ALLOWED = ".jsonl, .ndjson, .csv, .tsv, .txt, .text, .parquet";

  /** One format: passes rows to the sink until it is full. */
  interface Format {
    void read(Source source, RowSink sink) throws IOException;
  }

  /** A file and the fields wanted of it. */
  record Source(Path file, Compression compression, Fields fields) {

    /** Its lines; to be closed. */
    LineReader lines() throws IOException {
      return new LineReader(file, compression.open(file));
    }
  }

  private DatasetReader() {}

  /**
   * Reads the first rows; a bad one stops.
   *
   * @param fields the fields that every row must have; plain text has one, whatever its name
   * @param lines whether each line of a plain text file is a row, else the file is one document
   * @param limit at most this many rows; 0 for all
   * @throws UsageException for a missing, empty or malformed file or a bad row, with file and line
   */
  public static Dataset read(Path file, ImmutableSet<String> fields, boolean lines, int limit) {
    return read(file, Fields.of(fields), ReadOptions.first(lines, limit));
  }

  /**
   * Reads rows. A row is bad that is not of the file's format, lacks a wanted field, has one of the
   * wrong type, is not UTF-8 or is longer than 16 MiB; in a table, one that has more or fewer
   * values than the first row has names. A table whose quotes are wrong stops the reader in any
   * case: nobody can say where its next row starts.
   *
   * @param fields what every row must have; plain text has one field, whatever its name
   * @throws UsageException for a missing, empty or malformed file or, unless they are skipped, a
   *     bad row, with file and line
   */
  public static Dataset read(Path file, Fields fields, ReadOptions options) {
    ImmutableList.Builder<Row> rows = ImmutableList.builder();
    Passed passed = pass(file, fields, options, (row, document) -> rows.add(row));
    return new Dataset(file, rows.build(), passed.document(), passed.badRows(), passed.firstBad());
  }

  /** Takes rows one by one. */
  interface RowTaker {
    /**
     * Takes the next row.
     *
     * @param document whether it is a whole plain text file
     */
    void take(Row row, boolean document);
  }

  /** What {@link #pass} found; see {@link Dataset}. */
  record Passed(int rows, boolean document, int badRows, String firstBad) {}

  /** As {@link #read}, but rows are passed on as they are read, and not held. */
  static Passed pass(Path file, Fields fields, ReadOptions options, RowTaker taker) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    Compression compression = Compression.of(name);
    Format format = format(file, compression.inner(name), compression, options.lines());
    if (!Files.isRegularFile(file)) {
      throw new UsageException(
          "dataset " + file + (Files.exists(file) ? " is not a file" : " does not exist"),
          "check the path; relative paths start from the folder of the file that names them");
    }
    boolean document = format == PlainText.DOCUMENT;
    RowSink sink = new RowSink(options, row -> taker.take(row, document));
    try {
      format.read(new Source(file, compression, fields), sink);
    } catch (IOException | UncheckedIOException e) {
      throw unreadable(file, compression, e);
    }
    sink.finish();
    if (sink.count() == 0) {
      throw sink.bad() == 0
          ? new UsageException("dataset " + file + " has no rows", "give a file with some text")
          : new UsageException(
              "dataset "
                  + file
                  + " has no good row, but "
                  + sink.bad()
                  + " bad; first "
                  + sink.firstBad(),
              "is this the right file, and are the fields named as in it?");
    }
    return new Passed(sink.count(), document, sink.bad(), sink.firstBad());
  }

  private static Format format(Path file, String name, Compression compression, boolean lines) {
    String ending = name.substring(Math.max(0, name.lastIndexOf('.')));
    return switch (ending) {
      case ".jsonl", ".ndjson" -> JsonLines.FORMAT;
      case ".csv" -> Delimited.CSV;
      case ".tsv" -> Delimited.TSV;
      case ".txt", ".text" -> lines ? PlainText.LINES : PlainText.DOCUMENT;
      case ".parquet" -> {
        if (compression != Compression.NONE) {
          throw new UsageException(
              "dataset " + file + ": Parquet cannot be read as a stream",
              "unpack it; its columns are compressed inside");
        }
        yield ParquetRows.FORMAT;
      }
      default ->
          throw new UsageException(
              "dataset "
                  + file
                  + ": format unknown; allowed endings: "
                  + ALLOWED
                  + "; all but the last also with .gz, .zst, .bz2 or .xz",
              "rename or convert it");
    };
  }

  private static UsageException unreadable(Path file, Compression compression, Exception e) {
    Throwable cause = Throwables.getRootCause(e);
    boolean system = cause instanceof FileSystemException;
    String message =
        cause instanceof EOFException
            ? "it ends too early"
            : cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return compression == Compression.NONE || system
        ? new UsageException(
            "cannot read dataset " + file + ": " + message, "check its permissions", e)
        : new UsageException(
            "dataset " + file + " cannot be unpacked as " + compression.label() + ": " + message,
            "is it whole, and does its name say how it is compressed?",
            e);
  }
}
