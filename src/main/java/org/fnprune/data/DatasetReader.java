package org.fnprune.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;
import org.fnprune.common.UsageException;

/**
 * Reads the rows of a dataset file; the ending of its name says the format: {@code .jsonl} or
 * {@code .ndjson}, {@code .csv}, {@code .tsv}, {@code .txt} or {@code .text}. Text is UTF-8, with
 * or without a byte order mark. Reading stops after the wanted number of rows.
 */
public final class DatasetReader {

  static final String ALLOWED = ".jsonl, .ndjson, .csv, .tsv, .txt, .text";

  /** One format: passes rows to the sink until it is full. */
  interface Format {
    void read(Source source, Sink sink) throws IOException;
  }

  /** An open file and the fields wanted of it. */
  record Source(Path file, BufferedReader reader, ImmutableSet<String> fields) {}

  /** Takes rows up to a limit. */
  static final class Sink implements Consumer<Row> {
    private final ImmutableList.Builder<Row> rows = ImmutableList.builder();
    private final int limit;
    private int size;

    Sink(int limit) {
      this.limit = limit;
    }

    @Override
    public void accept(Row row) {
      rows.add(row);
      size++;
    }

    boolean full() {
      return limit > 0 && size >= limit;
    }
  }

  private DatasetReader() {}

  /**
   * Reads the first rows.
   *
   * @param fields the fields that every row must have; plain text has one, whatever its name
   * @param lines whether each line of a plain text file is a row, else the file is one document
   * @param limit at most this many rows; 0 for all
   * @throws UsageException for a missing, empty or malformed file or a row without a wanted field,
   *     with file and line
   */
  public static Dataset read(Path file, ImmutableSet<String> fields, boolean lines, int limit) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    String ending = name.substring(Math.max(0, name.lastIndexOf('.')));
    Format format = format(file, ending, lines);
    if (!Files.isRegularFile(file)) {
      throw new UsageException(
          "dataset " + file + (Files.exists(file) ? " is not a file" : " does not exist"),
          "check the path; relative paths start from the folder of the file that names them");
    }
    Sink sink = new Sink(limit);
    try (BufferedReader reader = open(file)) {
      format.read(new Source(file, reader, fields), sink);
    } catch (CharacterCodingException e) {
      throw notUtf8(file, e);
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof CharacterCodingException) {
        throw notUtf8(file, e);
      }
      throw unreadable(file, e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    if (sink.size == 0) {
      throw new UsageException("dataset " + file + " has no rows", "give a file with some text");
    }
    return new Dataset(file, sink.rows.build(), format == PlainText.DOCUMENT);
  }

  private static Format format(Path file, String ending, boolean lines) {
    return switch (ending) {
      case ".jsonl", ".ndjson" -> JsonLines.FORMAT;
      case ".csv" -> Delimited.CSV;
      case ".tsv" -> Delimited.TSV;
      case ".txt", ".text" -> lines ? PlainText.LINES : PlainText.DOCUMENT;
      case ".parquet" ->
          throw new UsageException(
              "dataset " + file + ": Parquet is not built yet; allowed: " + ALLOWED,
              "convert it, for example with: duckdb -c \"copy 'x.parquet' to 'x.jsonl'\"");
      default ->
          throw new UsageException(
              "dataset " + file + ": format unknown; allowed endings: " + ALLOWED,
              "rename or convert it");
    };
  }

  private static BufferedReader open(Path file) throws IOException {
    BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Files.newInputStream(file),
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)),
            1 << 16);
    skipByteOrderMark(reader);
    return reader;
  }

  private static void skipByteOrderMark(Reader reader) throws IOException {
    reader.mark(1);
    if (reader.read() != '\uFEFF') {
      reader.reset();
    }
  }

  private static UsageException notUtf8(Path file, Exception e) {
    return new UsageException(
        file + ":" + Utf8.firstBadLine(file) + ": not UTF-8 text", "convert the file to UTF-8", e);
  }

  private static UsageException unreadable(Path file, Exception e) {
    return new UsageException(
        "cannot read dataset " + file + ": " + e.getMessage(), "check its permissions", e);
  }
}
