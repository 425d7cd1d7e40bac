package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.fnprune.common.Failures;
import org.fnprune.data.TinyTokenizers;
import org.fnprune.data.TokenBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimilarityTaskTest {

  private static final String ROWS =
      """
      {"text": "a", "text_pair": "a", "label": 5}
      {"text": "a", "text_pair": "b", "label": 0.5}
      {"text": "a b", "text_pair": "a", "label": 2}
      """;

  @TempDir private Path path;

  private TaskFolder framed() throws IOException {
    TinyTokenizers.framed(path, "?", "<s>", "</s>", "a", "b");
    return new TaskFolder(path);
  }

  @Test
  void aPairIsOneInputWithTokenTypes() throws IOException {
    List<TokenBatch> seen = new ArrayList<>();
    Model model =
        FakeModel.of(
            batch -> {
              seen.add(batch);
              float[] scores = new float[batch.size()];
              for (int row = 0; row < scores.length; row++) {
                scores[row] = batch.sequences().get(row).length();
              }
              return FakeModel.logits(scores, scores.length, 1);
            });
    TaskScores scores = framed().labelled("type: similarity", ROWS).evaluate(model);
    TokenBatch longest = seen.get(0);
    assertThat(longest.sequences().get(0)).isEqualTo(ImmutableIntArray.of(1, 3, 4, 2, 3, 2));
    assertThat(longest.typeIds()).startsWith(0, 0, 0, 0, 1, 1);
    assertThat(scores.metrics())
        .extracting(MetricScores::metric)
        .containsExactly("spearman", "pearson");
    // Scores 5, 5, 6 with labels 5, 0.5, 2.
    assertThat(scores.metrics().get(0).value()).isCloseTo(0, within(1e-12));
    assertThat(scores.predictions().apply(2).getAsDouble()).isEqualTo(6);
  }

  /** Word vectors: a is (1, 0), b is (0, 1); frame words are nothing. */
  private static Model embedder() {
    return FakeModel.of(
        ImmutableMap.of(
            "logits",
            batch -> {
              throw new IllegalStateException("the embedding is wanted");
            },
            "last_hidden_state",
            SimilarityTaskTest::vectors));
  }

  private static Logits vectors(TokenBatch batch) {
    float[] values = new float[batch.size() * batch.length() * 2];
    long[] ids = batch.ids();
    for (int i = 0; i < ids.length; i++) {
      values[2 * i] = ids[i] == 3 ? 1 : 0;
      values[2 * i + 1] = ids[i] == 4 ? 1 : 0;
    }
    return FakeModel.logits(values, batch.size(), batch.length(), 2);
  }

  @Test
  void theCosineIsOfTwoTextsApart() throws IOException {
    LabelledTask task = framed().labelled("type: similarity, score: cosine, pooling: mean", ROWS);
    TaskScores scores = task.evaluate(embedder());
    assertThat(scores.predictions().apply(0).getAsDouble()).isCloseTo(1, within(1e-12));
    assertThat(scores.predictions().apply(1).getAsDouble()).isCloseTo(0, within(1e-12));
    assertThat(scores.predictions().apply(2).getAsDouble())
        .isCloseTo(Math.sqrt(0.5), within(1e-12));
    assertThat(scores.metrics().get(0).value()).isCloseTo(1, within(1e-12));
    assertThat(task.example(2).toString()).isEqualTo("{\"input\":[\"a b\",\"a\"],\"target\":2.0}");
  }

  @Test
  void aModelOfClassesIsNoScorer() throws IOException {
    LabelledTask task = framed().labelled("type: similarity", ROWS);
    Model classes =
        FakeModel.of(batch -> FakeModel.logits(new float[3 * batch.size()], batch.size(), 3));
    assertThat(Failures.of(() -> task.evaluate(classes)))
        .isEqualTo(
            "task 't' is a similarity task and needs logits of batch × 1, but the model gives shape"
                + " [2, 3] | choose a task type that fits the model, or 'score: cosine' for a model"
                + " of embeddings");
  }

  @Test
  void labelsAreNumbersAndTextsSingleOnesInARegression() throws IOException {
    assertThat(
            framed()
                .failure(
                    "type: regression",
                    "{\"text\": \"a\", \"label\": \"much\"}\n{\"text\": \"a\", \"label\": 1}"))
        .isEqualTo("d.jsonl:1: label 'much' is not a number | give every row a number");
    assertThat(framed().failure("type: regression", "{\"text\": \"a\", \"label\": 1}"))
        .startsWith("task 't' has fewer than two usable rows");
    assertThat(
            framed()
                .load(
                    "type: regression",
                    "{\"text\": \"a\", \"label\": 1}\n{\"text\": \"a b\", \"label\": 1}")
                .longest())
        .isEqualTo(4);
  }

  @Test
  void classificationTakesPairsToo() throws IOException {
    List<TokenBatch> seen = new ArrayList<>();
    Model model =
        FakeModel.of(
            batch -> {
              seen.add(batch);
              return FakeModel.logits(new float[2 * batch.size()], batch.size(), 2);
            });
    framed()
        .labelled(
            "type: classification, text_pair: q, max_seq_length: 5",
            "{\"text\": \"a a a\", \"q\": \"b\", \"label\": 0}\n")
        .evaluate(model);
    // Of the longer text one token is left beside the shorter one and three special tokens.
    assertThat(seen.get(0).sequences()).containsExactly(ImmutableIntArray.of(1, 3, 2, 4, 2));
    assertThat(seen.get(0).types()).containsExactly(ImmutableIntArray.of(0, 0, 0, 1, 1));
  }
}
