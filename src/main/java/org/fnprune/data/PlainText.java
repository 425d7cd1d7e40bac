package org.fnprune.data;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import org.fnprune.common.UsageException;

/** Plain text: its one field goes by whatever single name is wanted. */
final class PlainText {

  /** A document's tokens are all in memory at once, some 50 bytes each. */
  private static final int MAX_DOCUMENT = 16 << 20;

  /** Each line that is not blank is a row. */
  static final DatasetReader.Format LINES = PlainText::readLines;

  /** The whole file is one row. */
  static final DatasetReader.Format DOCUMENT = PlainText::readDocument;

  private PlainText() {}

  private static void readLines(DatasetReader.Source source, RowSink sink) throws IOException {
    String field = onlyField(source);
    try (LineReader lines = source.lines()) {
      while (!sink.full() && lines.next()) {
        if (!lines.isBlank()) {
          sink.take(
              () -> new Row(source.file(), lines.number(), ImmutableMap.of(field, lines.text())));
        }
      }
    }
  }

  /** A line that cannot be read stops: without it the text would be another. */
  private static void readDocument(DatasetReader.Source source, RowSink sink) throws IOException {
    String field = onlyField(source);
    StringBuilder text = new StringBuilder();
    try (LineReader lines = source.lines()) {
      while (lines.next()) {
        text.append(lines.text()).append(lines.end());
        if (text.length() > MAX_DOCUMENT) {
          throw new UsageException(
              "dataset "
                  + source.file()
                  + " is longer than one document may be: "
                  + MAX_DOCUMENT
                  + " characters",
              "cut it, or set lines: true if each line is a sample");
        }
      }
    }
    String document = text.toString();
    if (!document.isBlank()) {
      sink.take(() -> new Row(source.file(), 1, ImmutableMap.of(field, document)));
    }
  }

  private static String onlyField(DatasetReader.Source source) {
    if (source.fields().texts().size() != 1 || !source.fields().lists().isEmpty()) {
      throw new UsageException(
          "dataset "
              + source.file()
              + ": plain text has one field, but wanted are "
              + String.join(", ", source.fields().all()),
          "use a .jsonl, .csv, .tsv or .parquet file");
    }
    return source.fields().texts().iterator().next();
  }
}
