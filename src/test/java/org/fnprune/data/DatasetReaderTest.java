package org.fnprune.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.fnprune.common.Failures;
import org.fnprune.common.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetReaderTest {

  @TempDir Path folder;

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  /** Rows as {@code line:value,value}. */
  private static List<String> rows(Path file, int limit, String... fields) {
    return DatasetReader.read(file, ImmutableSet.copyOf(fields), true, limit).rows().stream()
        .map(row -> row.line() + ":" + String.join(",", row.fields().values()))
        .toList();
  }

  private List<String> rows(String name, String content, String... fields) throws IOException {
    return rows(file(name, content), 0, fields);
  }

  private String failure(String name, String content, String... fields) {
    return Failures.of(() -> rows(name, content, fields)).replace(folder + "/", "");
  }

  @Test
  void readsJsonLinesAndSkipsBlankOnes() throws IOException {
    String content =
        "{\"text\": \"a\\nb\", \"label\": 1, \"x\": [1]}\n\n  \n{\"label\": true, \"text\": \"\"}";
    assertThat(rows("d.jsonl", content, "text", "label")).containsExactly("1:a\nb,1", "4:,true");
    assertThat(rows("d.ndjson", content, "label")).containsExactly("1:1", "4:true");
  }

  @Test
  void numbersStayAsTheyAreWritten() throws IOException {
    assertThat(rows("d.jsonl", "{\"label\": 1.50}\n{\"label\": 12345678901234567890}", "label"))
        .containsExactly("1:1.50", "2:12345678901234567890");
  }

  @Test
  void stopsReadingAfterTheLimit() throws IOException {
    assertThat(rows(file("d.jsonl", "{\"t\": 1}\n{\"t\": 2}\nbroken"), 2, "t"))
        .containsExactly("1:1", "2:2");
    assertThat(rows(file("d.csv", "t\n1\n2\n\"broken\"x\n"), 2, "t")).containsExactly("2:1", "3:2");
    assertThat(rows(file("d.txt", "a\nb\nc"), 2, "t")).containsExactly("1:a", "2:b");
  }

  @Test
  void byteOrderMarksAndWindowsLineEndsDoNotMatter() throws IOException {
    assertThat(rows("d.jsonl", "\uFEFF{\"t\": \"a\"}\r\n{\"t\": \"b\"}\r\n", "t"))
        .containsExactly("1:a", "2:b");
    assertThat(rows("d.csv", "\uFEFFt,u\r\na,b\r\n", "t")).containsExactly("2:a");
    assertThat(rows("d.txt", "\uFEFFa\r\nb", "t")).containsExactly("1:a", "2:b");
  }

  @Test
  void jsonErrorsNameTheLine() {
    assertThat(failure("d.jsonl", "{\"a\": 1, \"txt\": 2}\n", "text"))
        .isEqualTo(
            "d.jsonl:1: row has no field 'text'; its fields are a, txt | did you mean 'txt'?");
    assertThat(failure("d.jsonl", "{\"text\": 1}\n\n{\"text\": null}\n", "text"))
        .isEqualTo(
            "d.jsonl:3: field 'text' is null; allowed: text, a number, true, false"
                + " | repair the row");
    assertThat(failure("d.jsonl", "{\"text\": [\"a\"]}", "text"))
        .isEqualTo(
            "d.jsonl:1: field 'text' is a list; allowed: text, a number, true, false"
                + " | name an element, text.0, or repair the row");
    assertThat(failure("d.jsonl", "{\"text\": {\"a\": 1}}", "text"))
        .startsWith("d.jsonl:1: field 'text' is an object;");
    assertThat(failure("d.jsonl", "{\"text\": 1}\n[1]", "text"))
        .isEqualTo("d.jsonl:2: not a JSON object | write one {\"field\": \"value\"} per line");
    assertThat(failure("d.jsonl", "{\"text\": 1} {\"text\": 2}", "text")).startsWith("d.jsonl:1: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{text: 1}",
        "{'text': 'a'}",
        "{\"text\": 1",
        "{\"text\": NaN}",
        "text",
        "{\"text\"=1}",
        "{\"text\": \"a\tb\"}"
      })
  void jsonIsStrict(String line) {
    assertThat(failure("d.jsonl", "{\"text\": 1}\n" + line + "\n", "text"))
        .isEqualTo("d.jsonl:2: not valid JSON | write one {\"field\": \"value\"} per line");
  }

  @Test
  void deepNestingIsRefusedNotFollowed() {
    assertThat(failure("d.jsonl", "{\"text\": " + "[".repeat(100_000), "text"))
        .startsWith("d.jsonl:1: not valid JSON");
  }

  @Test
  void readsCsvWithQuotesAndLineBreaksInValues() throws IOException {
    String content = "label,text\n0,\"a, \"\"b\"\"\n\nc\"\n\n1,plain\n2,\"x\r\ny\"\n3,last";
    assertThat(rows("d.csv", content, "text", "label"))
        .containsExactly("2:a, \"b\"\n\nc,0", "6:plain,1", "7:x\r\ny,2", "9:last,3");
  }

  @Test
  void readsTabsInTsvAndNeverTrims() throws IOException {
    assertThat(rows("d.tsv", "text\tlabel\n a, b \t1\n", "text", "label"))
        .containsExactly("2: a, b ,1");
  }

  @Test
  void aColumnWithoutANameIsAllowed() throws IOException {
    assertThat(rows("d.csv", ",text\n0,a\n", "text")).containsExactly("2:a");
  }

  @Test
  void csvErrorsNameTheLine() {
    assertThat(failure("d.csv", "Text,label\na,1\n", "text"))
        .isEqualTo("d.csv:1: no column 'text'; the columns are Text, label | did you mean 'Text'?");
    assertThat(failure("d.csv", "text,label\n\"a\nb\",1\nc,d,2\n", "text"))
        .isEqualTo(
            "d.csv:4: row has 3 values, but the first row names 2 columns"
                + " | put quotes around values that contain the separator");
    assertThat(failure("d.csv", "text\na\n\"b\"c\n", "text"))
        .startsWith("d.csv:3: not valid CSV after RFC 4180: Invalid character between");
    assertThat(failure("d.csv", "text\n\"open", "text"))
        .startsWith("d.csv:2: not valid CSV after RFC 4180: ");
    assertThat(failure("d.csv", "text,text\na,b\n", "text"))
        .startsWith("d.csv:1: not valid CSV after RFC 4180: ");
  }

  @Test
  void plainTextIsLinesOrOneDocument() throws IOException {
    Path file = file("d.txt", "a\n\nb c\n");
    assertThat(rows(file, 0, "any")).containsExactly("1:a", "3:b c");
    Dataset document = DatasetReader.read(file, ImmutableSet.of("text"), false, 1);
    assertThat(document.document()).isTrue();
    assertThat(document.rows().get(0).get("text")).isEqualTo("a\n\nb c\n");
    assertThat(DatasetReader.read(file, ImmutableSet.of("text"), true, 0).document()).isFalse();
  }

  @Test
  void plainTextHasOneField() {
    assertThat(failure("d.txt", "a", "text", "label"))
        .isEqualTo(
            "dataset d.txt: plain text has one field, but wanted are text, label"
                + " | use a .jsonl, .csv, .tsv or .parquet file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"d.jsonl", "d.csv", "d.tsv", "d.txt"})
  void badUtf8IsRefusedWithItsLine(String name) throws IOException {
    byte[] good = "{\"text\": \"text\"}\n".repeat(3).getBytes(StandardCharsets.UTF_8);
    byte[] content = Arrays.copyOf("text\n".getBytes(StandardCharsets.UTF_8), 5);
    if (name.equals("d.jsonl")) {
      content = good;
    }
    byte[] bad = Arrays.copyOf(content, content.length + 2);
    bad[content.length] = (byte) 0xc3;
    bad[content.length + 1] = '\n';
    Path file = Files.write(folder.resolve(name), bad);
    int line = name.equals("d.jsonl") ? 4 : 2;
    assertThat(Failures.of(() -> rows(file, 0, "text")))
        .isEqualTo(file + ":" + line + ": not UTF-8 text | convert the file to UTF-8");
  }

  @Test
  void refusesFilesThatCannotBeDatasets() throws IOException {
    assertThat(Failures.of(() -> rows(Path.of("no.jsonl"), 0, "text")))
        .isEqualTo(
            "dataset no.jsonl does not exist | check the path; relative paths start from the"
                + " folder of the file that names them");
    assertThat(Failures.of(() -> rows(Files.createDirectory(folder.resolve("x.csv")), 0, "t")))
        .startsWith("dataset " + folder + "/x.csv is not a file |");
    assertThat(failure("d.xlsx", "", "text"))
        .startsWith("dataset d.xlsx: format unknown; allowed endings: .jsonl, .ndjson,");
    assertThat(failure("data", "", "text")).startsWith("dataset data: format unknown;");
  }

  @ParameterizedTest
  @ValueSource(strings = {"d.jsonl", "d.txt"})
  void anEmptyDatasetIsRefused(String name) {
    assertThat(failure(name, "\n \n", "text"))
        .isEqualTo("dataset " + name + " has no rows | give a file with some text");
  }

  @Test
  void aTableWithoutRowsIsRefused() {
    assertThat(failure("d.csv", "text\n", "text"))
        .isEqualTo("dataset d.csv has no rows | give a file with some text");
    assertThat(failure("d.csv", "", "text"))
        .startsWith("d.csv:1: no column 'text'; the columns are ");
  }

  /** Whatever a file holds, it is either read or refused with a usage error. */
  @ParameterizedTest
  @ValueSource(strings = {"d.jsonl", "d.csv", "d.tsv", "d.txt"})
  void noBytesBreakTheReader(String name) throws IOException {
    byte[] seed =
        (name.equals("d.jsonl")
                ? "{\"text\": \"a\\u00e9\", \"x\": [1, {}]}\n{\"text\": 1}\n"
                : "text,x\ttext\n\"a \"\"b\"\"\",\"c\nd\"\n\u00e9,1\n")
            .getBytes(StandardCharsets.UTF_8);
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      byte[] bytes = seed.clone();
      for (int k = random.nextInt(4); k >= 0; k--) {
        byte[] telling = {'"', ',', '\n', '\r', '{', '}', '\\', 0, (byte) 0xff, '[', '\t', ':'};
        bytes[random.nextInt(bytes.length)] = telling[random.nextInt(telling.length)];
      }
      Path file = Files.write(folder.resolve(name), bytes);
      try {
        assertThat(rows(file, 0, "text")).isNotEmpty();
      } catch (UsageException e) {
        assertThat(e.getMessage()).contains(name);
      }
    }
  }
}
