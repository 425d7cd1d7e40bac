package org.fnprune.data;

import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import org.fnprune.common.DidYouMean;
import org.fnprune.common.UsageException;

/** One JSON object per line; blank lines do not count. */
final class JsonLines {

  static final DatasetReader.Format FORMAT = JsonLines::read;

  private static final int MAX_DEPTH = 64;

  private JsonLines() {}

  private static void read(DatasetReader.Source source, DatasetReader.Sink sink)
      throws IOException {
    int number = 0;
    String line = "";
    while (!sink.full() && (line = source.reader().readLine()) != null) {
      number++;
      if (!line.isBlank()) {
        sink.accept(row(source, number, line));
      }
    }
  }

  private static Row row(DatasetReader.Source source, int number, String line) {
    String where = source.file() + ":" + number + ": ";
    JsonObject object = parse(where, line);
    ImmutableMap.Builder<String, String> fields = ImmutableMap.builder();
    for (String field : source.fields()) {
      JsonElement value = object.get(field);
      if (value == null) {
        throw new UsageException(
            where
                + "row has no field '"
                + field
                + "'; its fields are "
                + String.join(", ", object.keySet()),
            DidYouMean.help(field, object.keySet(), "name the field, or repair the row"));
      }
      if (!value.isJsonPrimitive()) {
        String found = value.isJsonNull() ? "null" : value.isJsonArray() ? "a list" : "an object";
        throw new UsageException(
            where + "field '" + field + "' is " + found + "; allowed: text, a number, true, false",
            "repair the row");
      }
      fields.put(field, value.getAsString());
    }
    return new Row(source.file(), number, fields.buildOrThrow());
  }

  private static JsonObject parse(String where, String line) {
    JsonReader reader = new JsonReader(new StringReader(line));
    reader.setStrictness(Strictness.STRICT);
    reader.setNestingLimit(MAX_DEPTH);
    try {
      JsonElement element = JsonParser.parseReader(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new UsageException(where + "more than one JSON value on the line", "one per line");
      }
      if (!element.isJsonObject()) {
        throw new UsageException(
            where + "not a JSON object", "write one {\"field\": \"value\"} per line");
      }
      return element.getAsJsonObject();
    } catch (JsonParseException | IOException e) {
      throw new UsageException(
          where + "not valid JSON", "write one {\"field\": \"value\"} per line", e);
    }
  }
}
