package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.fnprune.common.Failures;
import org.fnprune.data.TinyTokenizers;
import org.fnprune.data.TokenBatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuestionAnsweringTaskTest {

  private static final int WHO = 3;
  private static final int SAW = 4;
  private static final int ANNA = 5;
  private static final int LEE = 6;

  @TempDir private Path path;
  private TaskFolder folder;

  @BeforeEach
  void prepare() throws IOException {
    TinyTokenizers.framed(path, "?", "<s>", "</s>", "who", "saw", "Anna", "Lee", "x");
    folder = new TaskFolder(path);
  }

  private static Predictor perToken(List<TokenBatch> seen, IntToDoubleFunction logit) {
    return batch -> {
      seen.add(batch);
      long[] ids = batch.ids();
      float[] values = new float[ids.length];
      for (int i = 0; i < ids.length; i++) {
        values[i] = (float) logit.applyAsDouble((int) ids[i]);
      }
      return FakeModel.logits(values, batch.size(), batch.length());
    };
  }

  /** Answers start at Anna and end at Lee; the question's words are tempting. */
  private static Model names(List<TokenBatch> seen, double none) {
    return FakeModel.of(
        ImmutableMap.of(
            "end_logits",
            perToken(seen, id -> id == LEE ? 3 : id == WHO ? 9 : id == 1 ? none : 0),
            "start_logits",
            perToken(seen, id -> id == ANNA ? 2 : id == WHO ? 9 : id == 1 ? none : 0)));
  }

  private static String row(String context, String answers) {
    return "{\"question\": \"who\", \"context\": \""
        + context
        + "\", \"answers\": \""
        + answers
        + "\"}\n";
  }

  private static String said(TaskScores scores, int index) {
    return scores.predictions().apply(index).getAsString();
  }

  @Test
  void theAnswerIsTheTextOfTheBestSpanInTheContext() throws IOException {
    TaskScores scores =
        folder
            .labelled(
                "type: question-answering",
                row("x saw  Anna   Lee x", "the Anna Lee!")
                    + row("who saw Anna Lee Lee", "[\\\"x\\\", \\\"Anna\\\"]"))
            .evaluate(names(new ArrayList<>(), 0));
    assertThat(said(scores, 0)).isEqualTo("Anna   Lee");
    // Of two ends the first; "who" is in this context, too, and starts and ends with it.
    assertThat(said(scores, 1)).isEqualTo("who");
    assertThat(((Proportion) scores.metrics().get(0)).correct().asList()).containsExactly(1, 0);
    assertThat(scores.metrics().get(1).value()).isEqualTo(0.5);
  }

  @Test
  void answersAreNotTooLongAndDoNotEndBeforeTheyStart() throws IOException {
    TaskScores scores =
        folder
            .labelled(
                "type: question-answering, max_answer_length: 2",
                row("Lee x x Anna x x x Lee", "Anna") + row("Anna Lee x", "Anna"))
            .evaluate(names(new ArrayList<>(), 0));
    assertThat(said(scores, 0)).isNotIn("Anna x x x Lee", "Lee x x Anna");
    assertThat(said(scores, 1)).isEqualTo("Anna Lee");
  }

  @Test
  void longContextsGoThroughInWindowsThatOverlap() throws IOException {
    List<TokenBatch> seen = new ArrayList<>();
    // Question and special tokens leave room for three tokens; windows share one.
    TaskScores scores =
        folder
            .labelled(
                "type: question-answering, max_seq_length: 7, stride: 1",
                row("x saw x x Anna Lee x", "Anna Lee"))
            .evaluate(names(seen, 0));
    assertThat(said(scores, 0)).isEqualTo("Anna Lee");
    List<ImmutableIntArray> inputs =
        seen.stream().flatMap(batch -> batch.sequences().stream()).distinct().toList();
    assertThat(inputs)
        .containsExactly(
            ImmutableIntArray.of(1, WHO, 2, 7, SAW, 7, 2),
            ImmutableIntArray.of(1, WHO, 2, 7, 7, ANNA, 2),
            ImmutableIntArray.of(1, WHO, 2, ANNA, LEE, 7, 2));
  }

  @Test
  void noAnswerIsAnAnswerWhereItIsAllowed() throws IOException {
    String rows = row("x Anna Lee", "");
    String keys = "type: question-answering, no_answer: true";
    assertThat(said(folder.labelled(keys, rows).evaluate(names(new ArrayList<>(), 4)), 0))
        .isEmpty();
    TaskScores sure = folder.labelled(keys, rows).evaluate(names(new ArrayList<>(), 2));
    assertThat(said(sure, 0)).isEqualTo("Anna Lee");
    assertThat(sure.metrics().get(1).value()).isZero();
    assertThat(folder.failure("type: question-answering", rows))
        .isEqualTo(
            "d.jsonl:1: field 'answers' has no answer"
                + " | give every row one, or set no_answer: true");
  }

  @Test
  void aQuestionMustLeaveRoomForItsContext() {
    assertThat(
            folder.failure(
                "type: question-answering, max_seq_length: 5, stride: 1", row("x x x", "x")))
        .startsWith("d.jsonl:1: the question's 1 tokens leave room for 1 tokens of context");
  }

  @Test
  void aModelWithOneOutputIsRefused() throws IOException {
    LabelledTask task = folder.labelled("type: question-answering", row("x", "x"));
    assertThat(
            Failures.of(
                () -> task.evaluate(FakeModel.of(batch -> FakeModel.logits(new float[1], 1, 1)))))
        .startsWith("a question-answering task needs a model with start and end logits");
  }
}
