package org.fnprune.data;

import com.google.common.base.Throwables;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;
import org.fnprune.common.DidYouMean;
import org.fnprune.common.UsageException;

/**
 * CSV and TSV after RFC 4180; the first row names the columns. A list is written as JSON, {@code
 * ["a", "b"]}.
 */
final class Delimited {

  static final DatasetReader.Format CSV = (source, sink) -> read(source, sink, ',');
  static final DatasetReader.Format TSV = (source, sink) -> read(source, sink, '\t');

  private Delimited() {}

  private static void read(DatasetReader.Source source, RowSink sink, char delimiter)
      throws IOException {
    try (TableReader table = new TableReader(source.lines());
        CSVParser parser = open(source, table, delimiter)) {
      table.wrongWith(1, 1).ifPresent(Delimited::refuse);
      requireColumns(source, parser.getHeaderNames());
      Iterator<CSVRecord> records = parser.iterator();
      long end = parser.getCurrentLineNumber();
      try {
        while (!sink.full() && records.hasNext()) {
          CSVRecord record = records.next();
          end = parser.getCurrentLineNumber();
          int last = (int) end;
          int first = last - lineBreaks(record);
          sink.take(() -> row(source, table, record, first, last));
          table.endRow();
          table.forget(first);
        }
      } catch (UncheckedIOException e) {
        if (e.getCause() instanceof CSVException) {
          throw malformed(source, end + 1, e);
        }
        throw e;
      }
    }
  }

  private static void refuse(UsageException e) {
    throw e;
  }

  private static CSVParser open(DatasetReader.Source source, TableReader table, char delimiter)
      throws IOException {
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
      return CSVParser.builder().setReader(table).setFormat(format).get();
    } catch (IllegalArgumentException | CSVException e) {
      throw malformed(source, 1, e);
    }
  }

  private static void requireColumns(DatasetReader.Source source, List<String> columns) {
    for (String field : source.fields().all()) {
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

  private static Row row(
      DatasetReader.Source source, TableReader table, CSVRecord record, int first, int last) {
    table.wrongWith(first, last).ifPresent(Delimited::refuse);
    String where = source.file() + ":" + first + ": ";
    if (!record.isConsistent()) {
      throw new UsageException(
          where
              + "row has "
              + record.size()
              + " values, but the first row names "
              + record.getParser().getHeaderNames().size()
              + " columns",
          "put quotes around values that contain the separator");
    }
    ImmutableMap.Builder<String, String> texts = ImmutableMap.builder();
    source.fields().texts().forEach(field -> texts.put(field, record.get(field)));
    ImmutableMap.Builder<String, ImmutableList<String>> lists = ImmutableMap.builder();
    source.fields().lists().forEach(f -> lists.put(f, list(where, f, record.get(f))));
    return new Row(source.file(), first, texts.buildOrThrow(), lists.buildOrThrow());
  }

  private static ImmutableList<String> list(String where, String field, String value) {
    if (!value.startsWith("[")) {
      return ImmutableList.of(value);
    }
    try {
      return RowBuilder.list(where, field, JsonLines.parse(value));
    } catch (JsonParseException | IOException e) {
      throw new UsageException(
          where + "field '" + field + "' starts as a list, but is no JSON list",
          "write it as [\"a\", \"b\"]",
          e);
    }
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
