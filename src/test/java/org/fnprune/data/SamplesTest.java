package org.fnprune.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.fnprune.common.Failures;
import org.fnprune.recipe.Networks.Groups;
import org.fnprune.recipe.Recipe.Calibration;
import org.fnprune.recipe.Sampling;
import org.fnprune.recipe.Shard;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplesTest {

  @TempDir Path folder;

  private Samples read(String name, String content, boolean lines, int numSamples, int length)
      throws IOException {
    return read(name, content, lines, numSamples, Sampling.FIRST, length);
  }

  private Samples read(
      String name, String content, boolean lines, int numSamples, Sampling sampling, int length)
      throws IOException {
    Path file = Files.writeString(folder.resolve(name), content);
    Path json = TinyTokenizers.words(folder, "?", "a", "b", "c");
    try (Tokenizer tokenizer = Tokenizer.open(json)) {
      return Samples.read(
          new Calibration(
              ImmutableList.of(file), "text", lines, numSamples, sampling, length, 2, null),
          new Groups.Shards(1),
          tokenizer,
          new Datasets(false),
          5);
    }
  }

  private static Samples.Sample sample(int... ids) {
    return new Samples.Sample(ids(ids), "");
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
  void randomWindowsOfADocumentAreInItsOrderAndReachItsEnd() throws IOException {
    String document = "a b c a ".repeat(40).strip() + " ?";
    Samples all = read("d.txt", document, false, 999, 1);
    Samples some = read("d.txt", document, false, 5, Sampling.RANDOM, 1);
    assertThat(some.samples()).hasSize(5);
    assertThat(some).isEqualTo(read("d.txt", document, false, 5, Sampling.RANDOM, 1));
    assertThat(some).isNotEqualTo(read("d.txt", document, false, 5, 1));
    assertThat(read("d.txt", document, false, 161, Sampling.RANDOM, 1)).isEqualTo(all);
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
    Samples samples = new Samples(ImmutableList.of(sample(1), sample(1, 2), sample(3)), 0);
    assertThat(samples.batches(2, 0))
        .containsExactly(
            new TokenBatch(ImmutableList.of(ids(1, 2), ids(1)), 0),
            new TokenBatch(ImmutableList.of(ids(3)), 0));
  }

  /** Samples of several files, as {@code group:ids}. */
  private List<String> grouped(Groups groups, int numSamples, Path... files) throws IOException {
    return read(groups, numSamples, files).samples().stream()
        .map(s -> s.group() + ":" + s.ids())
        .toList();
  }

  private Samples read(Groups groups, int numSamples, Path... files) throws IOException {
    Path json = TinyTokenizers.words(folder, "?", "a", "b", "c");
    Calibration calibration =
        new Calibration(
            ImmutableList.copyOf(files), "text", true, numSamples, Sampling.FIRST, 8, 2, null);
    try (Tokenizer tokenizer = Tokenizer.open(json)) {
      return Samples.read(calibration, groups, tokenizer, new Datasets(false), 5);
    }
  }

  private Path file(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  @Test
  void theLimitCountsForEachDataset() throws IOException {
    Path one = file("one.txt", "a\nb\nc\n");
    Path two = file("two.txt", "c\nb\na\n");
    assertThat(grouped(new Groups.Shards(1), 2, one, two))
        .containsExactly(":[1]", ":[2]", ":[3]", ":[2]");
  }

  @Test
  void shardsTakeTurnsOverAllDatasets() throws IOException {
    Path one = file("one.txt", "a\nb\nc\n");
    Path two = file("two.txt", "c\nb\na\n");
    assertThat(grouped(new Groups.Shards(3), 9, one, two))
        .containsExactly("1:[1]", "2:[2]", "3:[3]", "1:[3]", "2:[2]", "3:[1]");
  }

  @Test
  void samplesWithoutTokensTakeNoTurn() throws IOException {
    Path file = file("d.jsonl", "{\"text\":\"a\"}\n{\"text\":\" \"}\n{\"text\":\"b\"}\n".repeat(2));
    assertThat(grouped(new Groups.Shards(2), 9, file))
        .containsExactly("1:[1]", "2:[2]", "1:[1]", "2:[2]");
  }

  @Test
  void datasetsAreGroupsByTheirNames() throws IOException {
    Path one = file("one.txt", "a\nb\n");
    Path two = file("two.txt", "c\nc\n");
    assertThat(grouped(new Groups.Datasets(), 9, one, two))
        .containsExactly("one.txt:[1]", "one.txt:[2]", "two.txt:[3]", "two.txt:[3]");
    Path same = file("x/one.txt", "c\nc\n");
    assertThat(read(new Groups.Datasets(), 9, one, same).groups().keySet())
        .containsExactly(one.toString(), same.toString());
  }

  @Test
  void valuesOfAFieldAreGroups() throws IOException {
    String rows =
        """
        {"text": "a", "domain": "news"}
        {"text": "b", "domain": 7}
        {"text": "c", "domain": "news"}
        {"text": "a b", "domain": 7}
        """;
    Samples samples = read(new Groups.Field("domain"), 9, file("d.jsonl", rows));
    assertThat(samples.groups().keySet()).containsExactly("news", "7");
    assertThat(samples.groups().values().stream().map(Samples::sequences))
        .containsExactly(ImmutableList.of(ids(1), ids(3)), ImmutableList.of(ids(2), ids(1, 2)));
    assertThat(samples.longest()).isEqualTo(2);
  }

  @Test
  void withoutGroupsThereIsOneWithoutAName() throws IOException {
    Samples samples = read(new Groups.Shards(1), 9, file("d.txt", "a\n"));
    assertThat(samples.groups()).containsOnlyKeys("");
    assertThat(samples.groups().get("")).isEqualTo(samples);
  }

  @Test
  void refusesGroupsThatAreTooSmall() throws IOException {
    Path one = file("one.txt", "a\nb\nc\n");
    Path two = file("two.txt", "c\n");
    assertThat(Failures.of(() -> read(new Groups.Shards(3), 9, one, two)))
        .isEqualTo(
            "groups 3: 4 calibration samples are too few"
                + " | set groups to 2 or less, or raise num_samples");
    assertThat(Failures.of(() -> read(new Groups.Datasets(), 9, one, two)))
        .isEqualTo(
            "group 'two.txt' (by dataset) has a single calibration sample"
                + " | give it more text, or group by something else");
    Path rows = file("d.jsonl", "{\"text\": \"a\", \"d\": \"x\"}\n");
    assertThat(Failures.of(() -> read(new Groups.Field("d"), 9, rows)))
        .startsWith("group 'x' (by field 'd') has a single calibration sample | ");
  }

  @Test
  void refusesRowsThatBelongToNoGroup() throws IOException {
    Path rows = file("d.jsonl", "{\"text\": \"a\", \"d\": \" \"}\n");
    assertThat(Failures.of(() -> read(new Groups.Field("d"), 9, rows)))
        .isEqualTo(
            rows + ":1: field 'd' is blank, but names the sample's group | give every row a value");
    assertThat(Failures.of(() -> read(new Groups.Field("domain"), 9, rows)))
        .startsWith(rows + ":1: row has no field 'domain'; its fields are text, d | ");
    Path lines = file("d.txt", "a\n");
    assertThat(Failures.of(() -> read(new Groups.Field("d"), 9, lines)))
        .startsWith("dataset " + lines + ": plain text has one field, but wanted are text, d | ");
  }

  @Test
  void shardsOfACaptureTogetherAreAllSamplesInTheirGroups() throws IOException {
    Samples all = read(new Groups.Shards(2), 9, file("d.txt", "a\nb\nc\na\nb\n"));
    Samples first = all.shard(new Shard(1, 3));
    Samples second = all.shard(new Shard(2, 3));
    Samples third = all.shard(new Shard(3, 3));
    assertThat(first.samples()).containsExactly(all.samples().get(0), all.samples().get(3));
    assertThat(second.samples()).containsExactly(all.samples().get(1), all.samples().get(4));
    assertThat(third.samples()).containsExactly(all.samples().get(2));
    assertThat(all.shard(Shard.ALL)).isEqualTo(all);
    assertThat(Failures.of(() -> all.shard(new Shard(2, 6))))
        .isEqualTo(
            "--shard 2/6: there are only 5 samples"
                + " | make at most 5 shards, or raise num_samples");
  }

  /** Every fifth sample is held out, of few the last one, of one alone none. */
  @Test
  void everyFifthSampleIsHeldOut() {
    assertThat(heldOut(12)).containsExactlyInAnyOrder(4, 9);
    assertThat(heldOut(3)).containsExactly(2);
    assertThat(heldOut(1)).isEmpty();
  }

  /** The first tokens, which are the samples' numbers, of what is held out of so many. */
  private static List<Integer> heldOut(int count) {
    Samples samples =
        new Samples(
            IntStream.range(0, count)
                .mapToObj(i -> sample(i, 7, 7))
                .collect(ImmutableList.toImmutableList()),
            0);
    CalibrationText text = samples.split(2, 0, 0.5);
    assertThat(text.weight()).isEqualTo(0.5);
    assertThat(text.fittingTokens() + text.heldOutTokens()).isEqualTo(3L * count);
    return text.heldOut().stream()
        .flatMap(batch -> batch.sequences().stream())
        .map(ids -> ids.get(0))
        .toList();
  }
}
