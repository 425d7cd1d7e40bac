package org.fnprune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fnprune.common.Failures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NestedFieldsTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'a': {'b': 1}}            | a.b     | 1",
        "{'a': {'b': 1}, 'a.b': 2}  | a.b     | 2",
        "{'a.b': {'c': 1}}          | a.b.c   | 1",
        "{'a': {'b.c': 1, 'b': {'c': 2}}} | a.b.c | 1",
        "{'a.b': {'x': 1}, 'a': {'b.c': 2}} | a.b.c | 2",
        "{'a': [5, 6]}              | a.1     | 6",
        "{'a': [{'b': 5}]}          | a.0.b   | 5",
        "{'a': [{'b': 5}, {'b': 6}]} | a.b    | [5,6]",
        "{'a': {'0': 7}}            | a.0     | 7",
        "{'': {'': 1}}              | .       | ",
        "{'a': [5]}                 | a.1     | ",
        "{'a': [5]}                 | a.99999999999999 | ",
        "{'a': [5]}                 | a.-1    | ",
        "{'a': [{'b': 5}, {}]}      | a.b     | ",
        "{'a': []}                  | a.b     | ",
        "{'a': 1}                   | a.b     | ",
        "{'a': {'b': 1}}            | a.      | ",
        "{'a': null}                | a       | null",
      })
  void aKeyWithDotsWinsOverAPath(String row, String path, String expected) {
    JsonElement found = FieldPath.find(JsonParser.parseString(row.replace('\'', '"')), path);
    assertThat(found == null ? null : found.toString()).isEqualTo(expected);
  }

  private Row row(String json, Fields fields) throws IOException {
    Path file = Files.writeString(folder.resolve("d.jsonl"), json);
    return DatasetReader.read(file, fields, ReadOptions.first(false, 0)).rows().get(0);
  }

  private String failure(String json, Fields fields) {
    return Failures.of(() -> row(json, fields)).replace(folder + "/", "");
  }

  @Test
  void listsAreTakenWhereTheyAreAskedFor() throws IOException {
    Row row =
        row(
            "{\"q\": {\"stem\": \"why\", \"choices\": [{\"t\": \"a\"}, {\"t\": 2}]}, \"n\": [], \"o\": \"[one\"}",
            Fields.of("q.stem").withLists("q.choices.t", "n", "o"));
    assertThat(row.get("q.stem")).isEqualTo("why");
    assertThat(row.list("q.choices.t")).containsExactly("a", "2");
    assertThat(row.list("n")).isEmpty();
    assertThat(row.list("o")).containsExactly("[one");
    assertThatThrownBy(() -> row.list("q.stem")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> row.get("n")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsNoListOrNotThereIsNamed() {
    assertThat(failure("{\"c\": {}}", Fields.of().withLists("c")))
        .isEqualTo(
            "d.jsonl:1: field 'c' is an object; allowed: a list, or one value | repair the row");
    assertThat(failure("{\"c\": [\"a\", null]}", Fields.of().withLists("c")))
        .startsWith("d.jsonl:1: field 'c.1' is null; allowed: text, a number, true, false |");
    assertThat(failure("{\"a\": {\"text\": 1, \"b\": {}}, \"c\": [1]}", Fields.of("a.txt")))
        .isEqualTo(
            "d.jsonl:1: row has no field 'a.txt'; its fields are a.text, a.b, c"
                + " | did you mean 'a.text'?");
  }

  @Test
  void aListInATableIsWrittenAsJson() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("d.csv"), "q,c\nwhy,\"[\"\"a, b\"\", 2]\"\nhow,a\nwhen,[a\n");
    Fields fields = Fields.of("q").withLists("c");
    assertThat(
            DatasetReader.read(file, fields, ReadOptions.first(false, 1)).rows().get(0).list("c"))
        .containsExactly("a, b", "2");
    assertThat(
            Failures.of(() -> DatasetReader.read(file, fields, ReadOptions.first(false, 0)))
                .replace(folder + "/", ""))
        .isEqualTo(
            "d.csv:4: field 'c' starts as a list, but is no JSON list"
                + " | write it as [\"a\", \"b\"]");
  }
}
