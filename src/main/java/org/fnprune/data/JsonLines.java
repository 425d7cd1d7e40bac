package org.fnprune.data;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import org.fnprune.common.UsageException;

/** One JSON object per line; blank lines do not count. */
final class JsonLines {

  static final DatasetReader.Format FORMAT = JsonLines::read;

  private static final int MAX_DEPTH = 64;
  private static final String HELP = "write one {\"field\": \"value\"} per line";

  private JsonLines() {}

  private static void read(DatasetReader.Source source, RowSink sink) throws IOException {
    RowBuilder rows = new RowBuilder(source.file(), source.fields());
    try (LineReader lines = source.lines()) {
      while (!sink.full() && lines.next()) {
        if (!lines.isBlank()) {
          sink.take(() -> rows.row(lines.number(), object(lines)));
        }
      }
    }
  }

  static JsonObject object(LineReader lines) {
    String line = lines.text();
    try {
      JsonElement value = parse(line);
      if (value instanceof JsonObject object) {
        return object;
      }
      throw new UsageException(lines.where() + "not a JSON object", HELP);
    } catch (MoreThanOne e) {
      throw new UsageException(
          lines.where() + "more than one JSON value on the line", "one per line", e);
    } catch (JsonParseException | IOException e) {
      throw new UsageException(lines.where() + "not valid JSON", HELP, e);
    }
  }

  /** Something follows the value. */
  private static final class MoreThanOne extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** The one value that a text is, as the standard has it. */
  static JsonElement parse(String text) throws IOException {
    JsonReader reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.STRICT);
    reader.setNestingLimit(MAX_DEPTH);
    JsonElement value = JsonParser.parseReader(reader);
    if (reader.peek() != JsonToken.END_DOCUMENT) {
      throw new MoreThanOne();
    }
    return value;
  }
}
