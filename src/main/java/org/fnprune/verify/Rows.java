package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.fnprune.common.UsageException;
import org.fnprune.data.DatasetReader;
import org.fnprune.data.Row;
import org.fnprune.recipe.TaskDefinition;
import org.fnprune.recipe.Template;
import org.jspecify.annotations.Nullable;

/** Reads the rows of tasks, and texts, labels and lists from them. */
final class Rows {

  private Rows() {}

  /** The rows of a dataset that has these fields. */
  static ImmutableList<Row> read(
      TaskDefinition definition, int limit, ImmutableSet<String> fields) {
    return DatasetReader.read(definition.dataset(), fields, true, limit).rows();
  }

  /** The fields of some templates (null for none) and some more. */
  static ImmutableSet<String> fields(List<@Nullable Template> templates, String... more) {
    return Stream.concat(
            templates.stream().filter(Objects::nonNull).flatMap(t -> t.names().stream()),
            Stream.of(more))
        .collect(ImmutableSet.toImmutableSet());
  }

  /** A template's text for a row. */
  static String text(Template template, Row row) {
    return template.render(row::get);
  }

  /** The texts of a field that holds a JSON list of texts, or one text. */
  static ImmutableList<String> list(Row row, String field) {
    String value = row.get(field);
    if (!value.startsWith("[")) {
      return ImmutableList.of(value);
    }
    try {
      return JsonParser.parseString(value).getAsJsonArray().asList().stream()
          .map(JsonElement::getAsString)
          .collect(ImmutableList.toImmutableList());
    } catch (JsonParseException | IllegalStateException | UnsupportedOperationException e) {
      throw row.refuse(
          "field '" + field + "' starts as a list, but is not a JSON list of texts",
          "write [\"first\", \"second\"]");
    }
  }

  /** Refuses a task whose dataset had nothing to measure. */
  static void requireExamples(TaskDefinition definition, int count) {
    if (count == 0) {
      throw new UsageException(
          "task '"
              + definition.name()
              + "': no row of "
              + definition.dataset()
              + " has enough tokens",
          "does the tokenizer fit the text?");
    }
  }
}
