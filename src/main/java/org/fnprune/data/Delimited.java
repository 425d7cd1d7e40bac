package org.fnprune.data;

import com.google.common.base.Throwables;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;
import org.fnprune.common.DidYouMean;
import org.fnprune.common.UsageException;

/** CSV and TSV after RFC 4180; the first row names the columns. */
final class Delimited {

  static final DatasetReader.Format CSV = (source, sink) -> read(source, sink, ',');
  static final DatasetReader.Format TSV = (source, sink) -> read(source, sink, '\t');

  private Delimited() {}

  private static void read(DatasetReader.Source source, DatasetReader.Sink sink, char delimiter)
      throws IOException {
    CSVParser parser = open(source, delimiter);
    requireColumns(source, parser.getHeaderNames());
    Iterator<CSVRecord> records = parser.iterator();
    long end = parser.getCurrentLineNumber();
    try {
      while (!sink.full() && records.hasNext()) {
        CSVRecord record = records.next();
        end = parser.getCurrentLineNumber();
        sink.accept(row(source, record, (int) end - lineBreaks(record)));
      }
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof CharacterCodingException) {
        throw e;
      }
      throw malformed(source, end + 1, e);
    }
  }

  private static CSVParser open(DatasetReader.Source source, char delimiter) throws IOException {
    CSVFormat format =
        CSVFormat.RFC4180
            .builder()
            .setDelimiter(delimiter)
            .setIgnoreEmptyLines(true)
            .setHeader()
            .setSkipHeaderRecord(true)
            .setAllowMissingColumnNames(true)
            .setDuplicateHeaderMode(DuplicateHeaderMode.ALLOW_EMPTY)
            .get();
    try {
      return CSVParser.builder().setReader(source.reader()).setFormat(format).get();
    } catch (CharacterCodingException e) {
      throw e;
    } catch (IllegalArgumentException | IOException e) {
      throw malformed(source, 1, e);
    }
  }

  private static void requireColumns(DatasetReader.Source source, List<String> columns) {
    for (String field : source.fields()) {
      if (!columns.contains(field)) {
        throw new UsageException(
            source.file()
                + ":1: no column '"
                + field
                + "'; the columns are "
                + String.join(", ", columns),
            DidYouMean.help(field, columns, "the first row must name the columns"));
      }
    }
  }

  private static Row row(DatasetReader.Source source, CSVRecord record, int line) {
    if (!record.isConsistent()) {
      throw new UsageException(
          source.file()
              + ":"
              + line
              + ": row has "
              + record.size()
              + " values, but the first row names "
              + record.getParser().getHeaderNames().size()
              + " columns",
          "put quotes around values that contain the separator");
    }
    ImmutableMap.Builder<String, String> fields = ImmutableMap.builder();
    source.fields().forEach(field -> fields.put(field, record.get(field)));
    return new Row(source.file(), line, fields.buildOrThrow());
  }

  /** Line breaks inside quoted values: {@code \n}, {@code \r\n} or {@code \r}. */
  private static int lineBreaks(CSVRecord record) {
    return record.stream().mapToInt(value -> (int) value.lines().count() + ends(value) - 1).sum();
  }

  private static int ends(String value) {
    return value.isEmpty() || value.endsWith("\n") || value.endsWith("\r") ? 1 : 0;
  }

  private static UsageException malformed(DatasetReader.Source source, long line, Exception e) {
    return new UsageException(
        source.file()
            + ":"
            + line
            + ": not valid CSV after RFC 4180: "
            + Throwables.getRootCause(e).getMessage(),
        "write \" inside a quoted value as \"\"",
        e);
  }
}
