package org.fnprune.data;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Files;
import org.fnprune.common.UsageException;

/** Plain text: its one field goes by whatever single name is wanted. */
final class PlainText {

  /** A document's tokens are all in memory at once, some 50 bytes each. */
  private static final long MAX_DOCUMENT_BYTES = 16L << 20;

  /** Each line that is not blank is a row. */
  static final DatasetReader.Format LINES = PlainText::readLines;

  /** The whole file is one row. */
  static final DatasetReader.Format DOCUMENT = PlainText::readDocument;

  private PlainText() {}

  private static void readLines(DatasetReader.Source source, DatasetReader.Sink sink)
      throws IOException {
    String field = onlyField(source);
    int number = 0;
    String line = "";
    while (!sink.full() && (line = source.reader().readLine()) != null) {
      number++;
      if (!line.isBlank()) {
        sink.accept(new Row(source.file(), number, ImmutableMap.of(field, line)));
      }
    }
  }

  private static void readDocument(DatasetReader.Source source, DatasetReader.Sink sink)
      throws IOException {
    String field = onlyField(source);
    long bytes = Files.size(source.file());
    if (bytes > MAX_DOCUMENT_BYTES) {
      throw new UsageException(
          "dataset "
              + source.file()
              + " has "
              + bytes
              + " bytes; one document may have at most "
              + MAX_DOCUMENT_BYTES,
          "cut it, or set lines: true if each line is a sample");
    }
    StringBuilder text = new StringBuilder();
    char[] buffer = new char[1 << 14];
    for (int n = source.reader().read(buffer); n >= 0; n = source.reader().read(buffer)) {
      text.append(buffer, 0, n);
    }
    String document = text.toString();
    if (!document.isBlank()) {
      sink.accept(new Row(source.file(), 1, ImmutableMap.of(field, document)));
    }
  }

  private static String onlyField(DatasetReader.Source source) {
    if (source.fields().size() != 1) {
      throw new UsageException(
          "dataset "
              + source.file()
              + ": plain text has one field, but wanted are "
              + String.join(", ", source.fields()),
          "use a .jsonl, .csv or .tsv file");
    }
    return source.fields().iterator().next();
  }
}
