package org.fnprune.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.fnprune.common.DidYouMean;
import org.fnprune.common.UsageException;

/** Takes the wanted fields out of a row of nested values. */
final class RowBuilder {

  private static final String REPAIR = "repair the row";

  private final Path file;
  private final Fields wanted;

  RowBuilder(Path file, Fields wanted) {
    this.file = file;
    this.wanted = wanted;
  }

  /**
   * The row.
   *
   * @throws UsageException when a wanted field is missing or of the wrong type
   */
  Row row(int line, JsonObject values) {
    String where = file + ":" + line + ": ";
    ImmutableMap.Builder<String, String> texts = ImmutableMap.builder();
    for (String field : wanted.texts()) {
      texts.put(field, text(where, field, find(where, field, values)));
    }
    ImmutableMap.Builder<String, ImmutableList<String>> lists = ImmutableMap.builder();
    for (String field : wanted.lists()) {
      lists.put(field, list(where, field, find(where, field, values)));
    }
    return new Row(file, line, texts.buildOrThrow(), lists.buildOrThrow());
  }

  private static JsonElement find(String where, String field, JsonObject values) {
    JsonElement value = FieldPath.find(values, field);
    if (value == null) {
      List<String> names = FieldPath.names(values);
      throw new UsageException(
          where + "row has no field '" + field + "'; its fields are " + String.join(", ", names),
          DidYouMean.help(field, names, "name the field, or repair the row"));
    }
    return value;
  }

  private static String text(String where, String field, JsonElement value) {
    if (!value.isJsonPrimitive()) {
      throw new UsageException(
          where
              + "field '"
              + field
              + "' is "
              + kind(value)
              + "; allowed: text, a number, true, false",
          value.isJsonArray() ? "name an element, " + field + ".0, or repair the row" : REPAIR);
    }
    return value.getAsString();
  }

  /** A single value is a list of one. */
  static ImmutableList<String> list(String where, String field, JsonElement value) {
    if (value.isJsonPrimitive()) {
      return ImmutableList.of(value.getAsString());
    }
    if (!(value instanceof JsonArray array)) {
      throw new UsageException(
          where + "field '" + field + "' is " + kind(value) + "; allowed: a list, or one value",
          REPAIR);
    }
    ImmutableList.Builder<String> elements = ImmutableList.builderWithExpectedSize(array.size());
    for (int i = 0; i < array.size(); i++) {
      elements.add(text(where, field + "." + i, array.get(i)));
    }
    return elements.build();
  }

  private static String kind(JsonElement value) {
    return value.isJsonNull() ? "null" : value.isJsonArray() ? "a list" : "an object";
  }
}
