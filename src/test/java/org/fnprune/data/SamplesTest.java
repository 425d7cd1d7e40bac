package org.fnprune.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.fnprune.common.Failures;
import org.fnprune.recipe.Recipe.Calibration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplesTest {

  @TempDir Path folder;

  private Samples read(String name, String content, boolean lines, int numSamples, int length)
      throws IOException {
    Path file = Files.writeString(folder.resolve(name), content);
    Path json = TinyTokenizers.words(folder, "?", "a", "b", "c");
    try (Tokenizer tokenizer = Tokenizer.open(json)) {
      return Samples.read(new Calibration(file, "text", lines, numSamples, length, 2), tokenizer);
    }
  }

  private static ImmutableIntArray ids(int... ids) {
    return ImmutableIntArray.copyOf(ids);
  }

  @Test
  void rowsAreSamplesCutToTheLength() throws IOException {
    Samples samples =
        read("d.jsonl", "{\"text\": \"a b c\"}\n{\"text\": \" \"}\n{\"text\": \"b\"}", false, 9, 2);
    assertThat(samples.sequences()).containsExactly(ids(1, 2), ids(2));
    assertThat(samples.skipped()).isEqualTo(1);
    assertThat(samples.tokens()).isEqualTo(3);
  }

  @Test
  void aPlainTextFileIsCutIntoWindowsAndItsTailDropped() throws IOException {
    Samples samples = read("d.txt", "a b\nc a\nb", false, 9, 2);
    assertThat(samples.sequences()).containsExactly(ids(1, 2), ids(3, 1));
    assertThat(read("d.txt", "a b\nc a\nb", false, 1, 2).sequences()).containsExactly(ids(1, 2));
    assertThat(read("d.txt", "a b", false, 9, 8).sequences()).containsExactly(ids(1, 2));
  }

  @Test
  void linesOfPlainTextAreSamples() throws IOException {
    assertThat(read("d.txt", "a b c\n\nc\n", true, 9, 2).sequences())
        .containsExactly(ids(1, 2), ids(3));
  }

  @Test
  void takesTheFirstSamplesOnly() throws IOException {
    assertThat(read("d.txt", "a\nb\nc\n", true, 2, 8).sequences()).containsExactly(ids(1), ids(2));
  }

  @Test
  void refusesADatasetWithoutTokens() {
    assertThat(Failures.of(() -> read("d.jsonl", "{\"text\": \" \"}", false, 9, 2)))
        .isEqualTo(
            "dataset "
                + folder
                + "/d.jsonl: no row has any token"
                + " | does the tokenizer fit the text?");
  }

  @Test
  void batchesGoFromLongToShortAndKnowTheirRows() {
    List<ImmutableIntArray> sequences =
        ImmutableList.of(ids(1), ids(1, 2, 3), ids(2), ids(4, 5), ids(6, 7));
    List<Batches.Indexed> batches = Batches.byLength(sequences, 2, 9);
    assertThat(batches.stream().map(Batches.Indexed::rows))
        .containsExactly(ids(1, 3), ids(4, 0), ids(2));
    assertThat(batches.get(0).batch().sequences()).containsExactly(ids(1, 2, 3), ids(4, 5));
    assertThat(batches.get(1).batch().ids()).containsExactly(6, 7, 1, 9);
    assertThat(batches.get(1).batch().mask()).containsExactly(1, 1, 1, 0);
  }

  @Test
  void samplesMakeBatches() {
    Samples samples = new Samples(ImmutableList.of(ids(1), ids(1, 2), ids(3)), 0);
    assertThat(samples.batches(2, 0))
        .containsExactly(
            new TokenBatch(ImmutableList.of(ids(1, 2), ids(1)), 0),
            new TokenBatch(ImmutableList.of(ids(3)), 0));
  }
}
