package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.fnprune.common.Failures;
import org.fnprune.data.TinyTokenizers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that compare a model with the dense one. */
class ReferenceTasksTest {

  private static final int WORDS = 4;

  @TempDir private Path path;
  private TaskFolder folder;

  @BeforeEach
  void prepare() throws IOException {
    TinyTokenizers.words(path, "?", "a", "b", "c");
    folder = new TaskFolder(path);
  }

  /** Puts logit 1 on one word after each token. */
  private static Model words(IntUnaryOperator next) {
    return FakeModel.of(
        batch -> {
          long[] ids = batch.ids();
          float[] values = new float[ids.length * WORDS];
          for (int i = 0; i < ids.length; i++) {
            values[i * WORDS + next.applyAsInt((int) ids[i])] = 1;
          }
          return FakeModel.logits(values, batch.size(), batch.length(), WORDS);
        });
  }

  @Test
  void fidelityIsOverEveryToken() throws IOException {
    Task task =
        folder.load("type: fidelity", "{\"text\": \"a\"}\n{\"text\": \"b c a\"}\n{\"text\": \"\"}");
    assertThat(task.skipped()).isEqualTo(1);
    try (Baseline dense = task.baseline(words(id -> id))) {
      assertThat(dense.scores().metrics())
          .extracting(MetricScores::metric)
          .containsExactly("top1_agreement", "kl_divergence", "logit_cosine");
      assertThat(dense.scores().metrics())
          .extracting(MetricScores::value)
          .containsExactly(1., 0., 1.);
      TaskScores same = dense.score(words(id -> id));
      assertThat(same.metrics().get(0).value()).isEqualTo(1);
      assertThat(same.metrics().get(1).value()).isCloseTo(0, within(1e-12));
      // Another word after c: one of four tokens.
      List<MetricScores> other = dense.score(words(id -> id == 3 ? 0 : id)).metrics();
      assertThat(other.get(0).value()).isEqualTo(0.75);
      assertThat(other.get(2).value()).isCloseTo(0.75, within(1e-12));
      double sum = Math.E + WORDS - 1;
      assertThat(other.get(1).value()).isCloseTo((Math.E - 1) / sum / 4, within(1e-7));
      assertThat(other.get(0).valueOf(new int[] {1})).isCloseTo(2 / 3.0, within(1e-12));
    }
  }

  @Test
  void theDenseModelIsPerfectInAComparison() throws IOException {
    Task task = folder.load("type: fidelity", "{\"text\": \"a\"}\n{\"text\": \"b c a\"}\n");
    try (Baseline dense = task.baseline(words(id -> id))) {
      List<Comparison> compared =
          PairedTest.compare(dense.scores(), dense.score(words(id -> id == 3 ? 0 : id)), 1);
      assertThat(compared.get(0).dense()).isEqualTo(1);
      assertThat(compared.get(0).drop()).isEqualTo(0.25);
      assertThat(compared.get(1).dense()).isZero();
      assertThat(compared.get(1).drop()).isEqualTo(compared.get(1).slim());
    }
  }

  @Test
  void aClassifierIsComparedOncePerText() throws IOException {
    Task task = folder.load("type: fidelity", "{\"text\": \"a b\"}\n{\"text\": \"b c a\"}\n");
    Model first = FakeModel.of(batch -> FakeModel.logits(new float[] {2, 1, 2, 1}, 2, 2));
    Model second = FakeModel.of(batch -> FakeModel.logits(new float[] {2, 1, 1, 2}, 2, 2));
    try (Baseline dense = task.baseline(first)) {
      TaskScores scores = dense.score(second);
      assertThat(scores.metrics().get(0).value()).isEqualTo(0.5);
      assertThat(scores.metrics().get(2).value()).isCloseTo((1 + 4 / 5.0) / 2, within(1e-7));
      assertThat(Failures.of(() -> dense.score(words(id -> id))))
          .startsWith("task 't': the models' outputs have shapes [2, 2] and [2, 3, 4]");
    }
  }

  @Test
  void moreThanTheDiskHoldsIsRefusedBeforehand() {
    try (ReferenceOutputs outputs = ReferenceOutputs.create()) {
      outputs.requireRoom(1);
      assertThat(Failures.of(() -> outputs.requireRoom(Long.MAX_VALUE)))
          .startsWith("the dense model's outputs take 9223372036854775807 bytes")
          .contains("set a limit in the task file");
    }
  }

  /** Texts on a circle: their angles are what the model makes of their first token. */
  private static Model circle(double... angles) {
    return FakeModel.of(
        batch -> {
          float[] values = new float[2 * batch.size()];
          for (int row = 0; row < batch.size(); row++) {
            double angle = angles[batch.sequences().get(row).get(0)];
            values[2 * row] = (float) (3 * Math.cos(angle));
            values[2 * row + 1] = (float) (3 * Math.sin(angle));
          }
          return FakeModel.logits(values, batch.size(), 2);
        });
  }

  @Test
  void embeddingsAreComparedByCosineAndNeighbours() throws IOException {
    String rows = "{\"text\": \"?\"}\n{\"text\": \"a\"}\n{\"text\": \"b\"}\n{\"text\": \"c\"}\n";
    Task task = folder.load("type: embedding, neighbours: 1", rows);
    try (Baseline dense = task.baseline(circle(0, 0.1, 1.0, 1.2))) {
      assertThat(dense.scores().metrics()).extracting(MetricScores::value).containsExactly(1., 1.);
      // Turned as a whole: another cosine, the same neighbours.
      List<MetricScores> turned = dense.score(circle(0.5, 0.6, 1.5, 1.7)).metrics();
      assertThat(turned.get(0).metric()).isEqualTo("cosine");
      assertThat(turned.get(0).value()).isCloseTo(Math.cos(0.5), within(1e-6));
      assertThat(turned.get(1).value()).isEqualTo(1);
      // a goes over to b: a, b and ? have other neighbours.
      List<MetricScores> moved = dense.score(circle(0, 0.95, 1.0, 1.2)).metrics();
      assertThat(moved.get(1).metric()).isEqualTo("retrieval_overlap");
      assertThat(moved.get(1).value()).isEqualTo(0.5);
    }
  }

  @Test
  void thereAreNoMoreNeighboursThanOtherTexts() throws IOException {
    Task task = folder.load("type: embedding", "{\"text\": \"a\"}\n{\"text\": \"b\"}\n");
    try (Baseline dense = task.baseline(circle(0, 1, 2, 3))) {
      assertThat(dense.score(circle(3, 2, 1, 0)).metrics().get(1).value()).isEqualTo(1);
    }
    assertThat(folder.failure("type: embedding", "{\"text\": \"a\"}"))
        .startsWith("task 't' has fewer than two usable texts");
  }
}
