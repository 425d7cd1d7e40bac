package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.fnprune.common.Failures;
import org.fnprune.data.TinyTokenizers;
import org.fnprune.data.TokenBatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MultipleChoiceTaskTest {

  private static final int WORDS = 6;

  @TempDir private Path path;
  private TaskFolder folder;

  @BeforeEach
  void prepare() throws IOException {
    TinyTokenizers.words(path, "?", "a", "b", "loooong", "no", "<s>");
    folder = new TaskFolder(path);
  }

  /** Gives each word the same logit wherever it stands. */
  private static Model unigram(List<TokenBatch> seen, float... logits) {
    return FakeModel.of(
        batch -> {
          seen.add(batch);
          float[] values = new float[batch.size() * batch.length() * WORDS];
          for (int i = 0; i < values.length; i++) {
            values[i] = logits[i % WORDS];
          }
          return FakeModel.logits(values, batch.size(), batch.length(), WORDS);
        });
  }

  private static ImmutableIntArray correct(TaskScores scores, int metric) {
    return ((Proportion) scores.metrics().get(metric)).correct();
  }

  @Test
  void theLikeliestChoiceIsTakenAndItsLengthMayCount() throws IOException {
    LabelledTask task =
        folder.labelled(
            "type: multiple-choice, prompt: '{q} a', choices: [loooong, no]",
            "{\"q\": \"a\", \"label\": \"no\"}\n{\"q\": \"b b\", \"label\": 0}\n");
    // Log-likelihoods −2.0 and −1.5: for 7 and 2 characters, −0.29 and −0.75.
    TaskScores scores = task.evaluate(unigram(new ArrayList<>(), 0, 0, 0, -0.5f, 0, 0));
    assertThat(scores.metrics().get(0).metric()).isEqualTo("acc");
    assertThat(correct(scores, 0)).isEqualTo(ImmutableIntArray.of(1, 0));
    assertThat(scores.metrics().get(1).metric()).isEqualTo("acc_norm");
    assertThat(correct(scores, 1)).isEqualTo(ImmutableIntArray.of(0, 1));
    assertThat(scores.predictions().apply(1).getAsJsonObject().get("choice").getAsString())
        .isEqualTo("no");
    assertThat(task.example(1).get("target").getAsString()).isEqualTo("loooong");
  }

  @Test
  void everyTokenOfAChoiceCountsAndNoneOfThePrompt() throws IOException {
    List<TokenBatch> seen = new ArrayList<>();
    LabelledTask task =
        folder.labelled(
            "type: multiple-choice, prompt: q, choices: c",
            "{\"q\": \"a a\", \"c\": [\"no\", \"b b\"], \"label\": 0}\n");
    // One token of 0.4 against two of 1.
    TaskScores scores = task.evaluate(unigram(seen, 0, -9, 1, 0, 0.4f, 0));
    assertThat(correct(scores, 0)).isEqualTo(ImmutableIntArray.of(1));
    assertThat(seen.get(0).sequences())
        .containsExactly(ImmutableIntArray.of(1, 1, 2), ImmutableIntArray.of(1, 1));
  }

  @Test
  void anEmptyPromptIsTheBeginToken() throws IOException {
    List<TokenBatch> seen = new ArrayList<>();
    String keys = "type: multiple-choice, prompt: q, choices: [a, b]";
    String rows = "{\"q\": \"\", \"label\": 1}\n";
    new TaskFolder(path, new TextMarks(OptionalInt.of(5), ImmutableSet.of()))
        .labelled(keys, rows)
        .evaluate(unigram(seen, 0, 0, 0, 0, 0, 0));
    assertThat(seen.get(0).sequences())
        .containsExactly(ImmutableIntArray.of(5), ImmutableIntArray.of(5));
    assertThat(folder.failure(keys, rows))
        .startsWith("d.jsonl:1: field 'q' has no tokens, so nothing predicts the answer");
  }

  @Test
  void longPromptsLoseTheirFirstTokens() throws IOException {
    List<TokenBatch> seen = new ArrayList<>();
    folder
        .labelled(
            "type: multiple-choice, prompt: q, choices: [no no, a], max_seq_length: 3",
            "{\"q\": \"a a b b\", \"label\": 1}\n")
        .evaluate(unigram(seen, 0, 0, 0, 0, 0, 0));
    assertThat(seen.get(0).sequences())
        .containsExactly(ImmutableIntArray.of(2, 2, 4), ImmutableIntArray.of(1, 2, 2));
  }

  @Test
  void labelsMustBeChoices() {
    String keys = "type: multiple-choice, prompt: q, choices: [a, b]";
    assertThat(folder.failure(keys, "{\"q\": \"a\", \"label\": 2}"))
        .isEqualTo(
            "d.jsonl:1: label '2' is none of the choices [a, b]"
                + " | give the right choice's text, or its number from 0 to 1");
    assertThat(
            folder.failure(
                "type: multiple-choice, prompt: q, choices: c",
                "{\"q\": \"a\", \"label\": 0, \"c\": \"one\"}"))
        .startsWith("d.jsonl:1: there are fewer than two choices, or one is empty: [one]");
  }

  @Test
  void aModelWithoutAVocabularyIsRefused() throws IOException {
    LabelledTask task =
        folder.labelled(
            "type: multiple-choice, prompt: q, choices: [a, b]", "{\"q\": \"a\", \"label\": 0}");
    Model classifier =
        FakeModel.of(batch -> FakeModel.logits(new float[2 * batch.size()], batch.size(), 2));
    assertThat(Failures.of(() -> task.evaluate(classifier)))
        .startsWith("task 't' is a multiple-choice task and needs logits of batch × sequence ×");
  }
}
