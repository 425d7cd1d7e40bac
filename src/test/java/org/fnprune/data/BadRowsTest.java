package org.fnprune.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.fnprune.common.Failures;
import org.fnprune.recipe.Sampling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadRowsTest {

  @TempDir Path folder;

  /** Latin-1 makes bytes that are not UTF-8 easy to write: {@code é} is one. */
  private Dataset skipping(String name, String latin1, String... fields) throws IOException {
    Path file = Files.write(folder.resolve(name), latin1.getBytes(StandardCharsets.ISO_8859_1));
    return DatasetReader.read(
        file, Fields.of(fields), new ReadOptions(true, 0, Sampling.FIRST, 0, true));
  }

  private static List<String> texts(Dataset dataset) {
    return dataset.rows().stream().map(row -> row.line() + ":" + row.get("text")).toList();
  }

  private String first(Dataset dataset) {
    return dataset.firstBad().replace(folder + "/", "");
  }

  @Test
  void jsonRowsOfEveryFaultAreLeftOutAndCounted() throws IOException {
    Dataset read =
        skipping(
            "d.jsonl",
            """
            {"text": "a"}
            not json
            {"txt": "b"}
            {"text": ["b"]}
            {"text": null}
            {"text": "b"} {"text": "c"}
            [1]
            {"text": "\u00e9"}

            {"text": "z"}
            """,
            "text");
    assertThat(texts(read)).containsExactly("1:a", "10:z");
    assertThat(read.badRows()).isEqualTo(7);
    assertThat(first(read)).isEqualTo("d.jsonl:2: not valid JSON");
  }

  @Test
  void rowsOfATableWithTheWrongNumberOfValuesOrBytesAreLeftOut() throws IOException {
    Dataset read =
        skipping("d.csv", "text,n\na,1\nb\n\"c\n\u00e9\",2\nd,1,2\n\"e\nf\",3\n", "text", "n");
    assertThat(texts(read)).containsExactly("2:a", "7:e\nf");
    assertThat(read.badRows()).isEqualTo(3);
    assertThat(first(read))
        .isEqualTo("d.csv:3: row has 1 values, but the first row names 2 columns");
  }

  @Test
  void linesOfTextThatAreNotUtf8AreLeftOut() throws IOException {
    Dataset read = skipping("d.txt", "a\n\u00e9\nc", "text");
    assertThat(texts(read)).containsExactly("1:a", "3:c");
    assertThat(first(read)).isEqualTo("d.txt:2: not UTF-8 text");
  }

  @Test
  void aTableThatLosesItsQuotesStopsInAnyCase() {
    assertThat(Failures.of(() -> skipping("d.csv", "text\na\n\"b\"c\nd\n", "text")))
        .contains("d.csv:3: not valid CSV after RFC 4180: ");
    assertThat(Failures.of(() -> skipping("d.csv", "txt\na\n", "text")))
        .contains("no column 'text'");
    assertThat(Failures.of(() -> skipping("d.csv", "text,\u00e9\na,b\n", "text")))
        .contains("d.csv:1: not UTF-8 text");
  }

  @Test
  void aFileOfBadRowsOnlyIsRefused() {
    assertThat(Failures.of(() -> skipping("d.jsonl", "{}\n[]\n", "text")).replace(folder + "/", ""))
        .isEqualTo(
            "dataset d.jsonl has no good row, but 2 bad; first d.jsonl:1: row has no field 'text';"
                + " its fields are  | is this the right file, and are the fields named as in it?");
  }

  @Test
  void theFirstBadRowStopsUnlessAskedOtherwise() throws IOException {
    Path file = Files.writeString(folder.resolve("d.jsonl"), "{\"text\": 1}\n{\"text\": {}}\n");
    assertThat(Failures.of(() -> new Datasets(false).read(file, ImmutableSet.of("text"), true, 0)))
        .startsWith(file + ":2: field 'text' is an object");
    Datasets datasets = new Datasets(true);
    assertThat(datasets.read(file, ImmutableSet.of("text"), true, 0).rows()).hasSize(1);
    assertThat(datasets.used())
        .containsExactly(
            new Datasets.Used(
                file,
                1,
                1,
                file + ":2: field 'text' is an object; allowed: text, a number, true, false"));
    assertThat(datasets.warnings())
        .containsExactly(
            "dataset "
                + file
                + ": 1 bad row was skipped; first "
                + file
                + ":2: field 'text' is an object; allowed: text, a number, true, false");
  }

  @Test
  void aFileThatIsReadTwiceIsCountedOnce() throws IOException {
    Path file = Files.writeString(folder.resolve("d.txt"), "a\nb\nc\n");
    Datasets datasets = new Datasets(true);
    datasets.read(file, ImmutableSet.of("text"), true, 1);
    datasets.read(file, ImmutableSet.of("text"), true, 3);
    datasets.read(file, ImmutableSet.of("text"), true, 2);
    assertThat(datasets.used()).containsExactly(new Datasets.Used(file, 3, 0, ""));
    assertThat(datasets.warnings()).isEmpty();
  }
}
