package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.fnprune.data.TinyTokenizers;
import org.fnprune.data.TokenBatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PerplexityTaskTest {

  private static final int WORDS = 5;

  @TempDir private Path path;
  private TaskFolder folder;

  @BeforeEach
  void prepare() throws IOException {
    TinyTokenizers.words(path, "?", "a", "b", "c", "<s>");
    folder = new TaskFolder(path);
  }

  /** A model that finds token k as likely as 1/2^k of the first, whatever was before. */
  private static Model unigram(List<TokenBatch> seen) {
    return FakeModel.of(
        batch -> {
          seen.add(batch);
          float[] values = new float[batch.size() * batch.length() * WORDS];
          for (int i = 0; i < values.length; i++) {
            values[i] = (float) (-Math.log(2) * (i % WORDS));
          }
          return FakeModel.logits(values, batch.size(), batch.length(), WORDS);
        });
  }

  /** In bits: −log2 of 2^−k over the sum of all. */
  private static double bits(int token) {
    return token + Math.log(1 + 0.5 + 0.25 + 0.125 + 0.0625) / Math.log(2);
  }

  private static double nats(int... tokens) {
    double sum = 0;
    for (int token : tokens) {
      sum += bits(token) * Math.log(2);
    }
    return sum;
  }

  private static Perplexity metric(TaskScores scores, int index) {
    return (Perplexity) scores.metrics().get(index);
  }

  @Test
  void wordsAndBytesAreThoseOfThePredictedTokens() throws IOException {
    TaskScores scores =
        folder
            .labelled(
                "type: perplexity, units: [token, word, byte]",
                "{\"text\": \"a  b c\"}\n{\"text\": \"c b\"}\n")
            .evaluate(unigram(new ArrayList<>()));
    // Predicted are "  b", " c" and " b".
    assertThat(metric(scores, 0).value()).isCloseTo(Math.exp(nats(2, 3, 2) / 3), within(1e-6));
    assertThat(metric(scores, 1).metric()).isEqualTo("word_perplexity");
    assertThat(metric(scores, 1).units().asList()).containsExactly(2, 1);
    assertThat(metric(scores, 2).metric()).isEqualTo("byte_perplexity");
    assertThat(metric(scores, 2).units().asList()).containsExactly(5, 2);
    assertThat(metric(scores, 2).value()).isCloseTo(Math.exp(nats(2, 3, 2) / 7), within(1e-6));
  }

  @Test
  void rowsOfADocumentAreJoinedByBlankLinesAndCutIntoWindows() throws IOException {
    List<TokenBatch> seen = new ArrayList<>();
    TaskScores scores =
        folder
            .labelled(
                "type: perplexity, document: true, max_seq_length: 2, units: [token, word, byte]",
                "{\"text\": \"a\"}\n{\"text\": \"b c\"}\n{\"text\": \"a b\"}\n")
            .evaluate(unigram(seen));
    // a b | c a | the tail b is dropped.
    assertThat(metric(scores, 0).units().asList()).containsExactly(1, 1);
    assertThat(metric(scores, 0).value()).isCloseTo(Math.exp(nats(2, 1) / 2), within(1e-6));
    assertThat(metric(scores, 2).units().asList()).containsExactly(3, 3);
  }

  @Test
  void aStrideCountsEveryTokenOfARowOnce() throws IOException {
    List<TokenBatch> seen = new ArrayList<>();
    TaskScores scores =
        folder
            .labelled(
                "type: perplexity, max_seq_length: 3, stride: 1", "{\"text\": \"a b c a b\"}\n")
            .evaluate(unigram(seen));
    assertThat(metric(scores, 0).units().asList()).containsExactly(4);
    assertThat(metric(scores, 0).value()).isCloseTo(Math.exp(nats(2, 3, 1, 2) / 4), within(1e-6));
    assertThat(seen.stream().mapToInt(TokenBatch::size).sum()).isEqualTo(3);
  }

  @Test
  void rollingCountsTheFirstTokenBehindTheBeginToken() throws IOException {
    List<TokenBatch> seen = new ArrayList<>();
    TaskFolder marked = new TaskFolder(path, new TextMarks(OptionalInt.of(4), ImmutableSet.of(4)));
    TaskScores scores =
        marked
            .labelled("type: perplexity, rolling: true, max_seq_length: 2", "{\"text\": \"a b c\"}")
            .evaluate(unigram(seen));
    assertThat(metric(scores, 0).units().asList()).containsExactly(3);
    assertThat(metric(scores, 0).value()).isCloseTo(Math.exp(nats(1, 2, 3) / 3), within(1e-6));
    assertThat(metric(scores, 1).units().asList()).containsExactly(3);
    assertThat(metric(scores, 2).units().asList()).containsExactly(5);
    assertThat(seen.stream().flatMap(b -> b.sequences().stream()).map(ids -> ids.asList()).toList())
        .containsExactlyInAnyOrder(List.of(4, 1), List.of(1, 2));
    assertThat(folder.failure("type: perplexity, rolling: true", "{\"text\": \"a b c\"}"))
        .startsWith("task 't': rolling needs a begin token, but the model's config.json has");
  }

  @Test
  void aTemplateMakesTheTextOfARow() throws IOException {
    LabelledTask task =
        folder.labelled("type: perplexity, text: 'a {x} {y}'", "{\"x\": \"b\", \"y\": \"c\"}\n");
    assertThat(metric(task.evaluate(unigram(new ArrayList<>())), 0).units().asList())
        .containsExactly(2);
    assertThat(folder.failure("type: perplexity, text: 'a {z}'", "{\"x\": \"b\"}"))
        .isEqualTo("d.jsonl:1: row has no field 'z'; its fields are x" + " | did you mean 'x'?");
  }

  @Test
  void aPlainTextFileIsRolledInWindowsOfItsOwn() throws IOException {
    Files.writeString(path.resolve("d.txt"), "a b c a b");
    LabelledTask task =
        (LabelledTask)
            folder.loadFile(
                "name: t, type: perplexity, dataset: d.txt, max_seq_length: 3, stride: 2");
    assertThat(metric(task.evaluate(unigram(new ArrayList<>())), 0).units().asList())
        .containsExactly(2, 2);
  }
}
