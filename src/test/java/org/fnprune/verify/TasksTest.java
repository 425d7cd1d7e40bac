package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import org.fnprune.common.Failures;
import org.fnprune.data.Datasets;
import org.fnprune.data.TinyTokenizers;
import org.fnprune.data.TokenBatch;
import org.fnprune.data.Tokenizer;
import org.fnprune.recipe.TaskReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TasksTest {

  /** The words of the test language: id 0 is the unknown word. */
  private static final String[] WORDS = {"?", "a", "b", "c"};

  @TempDir Path folder;

  private LabelledTask load(String keys, String rows, int limit) throws IOException {
    TinyTokenizers.words(folder, WORDS);
    return load(keys, rows, limit, folder);
  }

  private LabelledTask load(String keys, String rows, int limit, Path tokenizerFile)
      throws IOException {
    Files.writeString(folder.resolve("d.jsonl"), rows);
    Path file = folder.resolve("task.yaml");
    Files.writeString(file, "{name: t, dataset: d.jsonl, batch_size: 2, " + keys + "}");
    try (Tokenizer tokenizer = Tokenizer.open(tokenizerFile)) {
      return (LabelledTask)
          Tasks.load(
              TaskReader.read(file), new Datasets(false), () -> tokenizer, TextMarks.NONE, limit);
    }
  }

  private String failure(String keys, String rows) {
    return Failures.of(() -> load(keys, rows, 0)).replace(folder + "/", "");
  }

  private static Logits logits(float[] values, int... shape) {
    return new Logits(FloatBuffer.wrap(values), ImmutableIntArray.copyOf(shape));
  }

  /** Puts 1 on the class that {@code choose} gives for each row's ids. */
  private static Model classifier(int classes, ToIntFunction<ImmutableIntArray> choose) {
    return FakeModel.of(
        batch -> {
          float[] values = new float[batch.size() * classes];
          for (int row = 0; row < batch.size(); row++) {
            values[row * classes + choose.applyAsInt(batch.sequences().get(row))] = 1;
          }
          return logits(values, batch.size(), classes);
        });
  }

  /** A language model of the four words that gives the next id in a circle the logit {@code x}. */
  private static Model circle(float x, List<TokenBatch> seen) {
    return FakeModel.of(
        batch -> {
          seen.add(batch);
          long[] ids = batch.ids();
          float[] values = new float[ids.length * WORDS.length];
          for (int i = 0; i < ids.length; i++) {
            values[i * WORDS.length + (int) ((ids[i] + 1) % WORDS.length)] = x;
          }
          return logits(values, batch.size(), batch.length(), WORDS.length);
        });
  }

  private static Model circle() {
    return circle(1, new ArrayList<>());
  }

  @Test
  void classificationScoresEveryRowInItsPlace() throws IOException {
    String rows =
        """
        {"text": "a", "label": 1}
        {"text": "a b c", "label": 0}
        {"text": "b a", "label": 2}
        {"text": "c", "label": 0}
        """;
    // The classifier says the first word's id modulo 3: 1, 1, 2, 0.
    TaskScores scores =
        load("type: classification", rows, 0).evaluate(classifier(3, ids -> ids.get(0) % 3));
    assertThat(scores.task()).isEqualTo("t");
    assertThat(scores.metrics().get(0))
        .isEqualTo(new Proportion("accuracy", ImmutableIntArray.of(1, 0, 1, 1)));
    assertThat(scores.metrics().get(1))
        .isEqualTo(
            new ClassMetric(
                ClassMetric.Rule.MACRO_F1,
                ImmutableIntArray.of(1, 0, 2, 0),
                ImmutableIntArray.of(1, 1, 2, 0)));
    List<MetricResult> results = scores.results(1);
    assertThat(results.get(0).value()).isEqualTo(0.75);
    assertThat(results.get(0).metric()).isEqualTo("accuracy");
    assertThat(results.get(1).value()).isCloseTo((2 / 3.0 + 2 / 3.0 + 1) / 3, within(1e-12));
  }

  @Test
  void classesMayHaveNames() throws IOException {
    String rows = "{\"text\": \"b\", \"label\": \"no\"}\n{\"text\": \"a\", \"label\": \"yes\"}\n";
    LabelledTask task = load("type: classification, labels: [no, yes]", rows, 0);
    TaskScores scores = task.evaluate(classifier(2, ids -> ids.get(0) % 2));
    assertThat(scores.metrics().get(0).value()).isEqualTo(1);
    assertThat(
            failure(
                "type: classification, labels: [no, yes]",
                "{\"text\": \"a\", \"label\": \"yess\"}"))
        .isEqualTo("d.jsonl:1: label 'yess' is not known; allowed: no, yes | did you mean 'yes'?");
    assertThat(Failures.of(() -> task.evaluate(classifier(3, ids -> 0))))
        .isEqualTo(
            "task 't' names 2 labels, but the model has 3 classes"
                + " | list the model's classes in their order");
  }

  @Test
  void labelsMustBeClassesOfTheModel() throws IOException {
    String rows = "{\"text\": \"a\", \"label\": 0}\n{\"text\": \"a\", \"label\": 7}\n";
    LabelledTask task = load("type: classification", rows, 0);
    assertThat(Failures.of(() -> task.evaluate(classifier(4, ids -> 0))))
        .isEqualTo(
            folder
                + "/d.jsonl:2: label 7, but the model has 4 classes: 0 to 3"
                + " | does the dataset belong to this model?");
    for (String label : List.of("\"sports\"", "-1", "1.5", "99999999999")) {
      assertThat(failure("type: classification", "{\"text\": \"a\", \"label\": " + label + "}"))
          .startsWith("d.jsonl:1: label '" + label.replace("\"", "") + "' is not a class number")
          .endsWith(
              " | add 'labels: [NAME, …]' to the task file, in the order of the model's classes");
    }
  }

  @Test
  void aTaskRefusesAModelOfAnotherKind() throws IOException {
    LabelledTask news = load("type: classification", "{\"text\": \"a b\", \"label\": 0}", 0);
    assertThat(Failures.of(() -> news.evaluate(circle())))
        .isEqualTo(
            "task 't' is a classification task and needs logits of batch × classes, but the model"
                + " gives shape [1, 2, 4] | choose a task type that fits the model");
    LabelledTask text = load("type: perplexity", "{\"text\": \"a b\"}", 0);
    assertThat(Failures.of(() -> text.evaluate(classifier(4, ids -> 0))))
        .startsWith("task 't' is a perplexity task and needs logits of batch × sequence ×");
    assertThat(
            Failures.of(() -> text.evaluate(FakeModel.of(batch -> logits(new float[2], 1, 1, 2)))))
        .isEqualTo(
            "task 't' has token 2, but the model's vocabulary has 2"
                + " | does tokenizer.json belong to this model?");
  }

  @Test
  void rowsWithoutTokensAreSkippedAndCounted() throws IOException {
    LabelledTask task =
        load(
            "type: classification",
            "{\"text\": \" \", \"label\": 0}\n{\"text\": \"a\", \"label\": 1}",
            0);
    assertThat(task.skipped()).isEqualTo(1);
    assertThat(task.evaluate(classifier(2, ids -> 1)).metrics().get(0).n()).isEqualTo(1);
    assertThat(failure("type: classification", "{\"text\": \" \", \"label\": 0}"))
        .isEqualTo(
            "task 't': no row of d.jsonl has enough tokens | does the tokenizer fit the text?");
  }

  @Test
  void perplexityIsTheExponentOfTheMeanOverAllTokens() throws IOException {
    String rows = "{\"text\": \"a b\"}\n{\"text\": \"a\"}\n{\"text\": \"b c b c a b\"}\n";
    List<TokenBatch> seen = new ArrayList<>();
    LabelledTask task = load("type: perplexity, max_seq_length: 5", rows, 0);
    TaskScores scores = task.evaluate(circle(1, seen));
    // In the circle: a→b and b→c (twice) are hits, c→b and c→a are not.
    double hit = Math.log(Math.E + 3) - 1;
    double miss = Math.log(Math.E + 3);
    Perplexity perplexity = (Perplexity) scores.metrics().get(0);
    assertThat(perplexity.units()).isEqualTo(ImmutableIntArray.of(1, 4));
    assertThat(perplexity.nll().get(0)).isCloseTo(hit, within(1e-12));
    assertThat(perplexity.nll().get(1)).isCloseTo(2 * hit + 2 * miss, within(1e-12));
    assertThat(perplexity.value()).isCloseTo(Math.exp((3 * hit + 2 * miss) / 5), within(1e-12));
    assertThat(task.skipped()).isEqualTo(1);
    assertThat(seen.get(0).length()).isEqualTo(4);
  }

  @Test
  void aUniformModelHasThePerplexityOfItsVocabulary() throws IOException {
    LabelledTask task = load("type: perplexity", "{\"text\": \"a b c\"}\n{\"text\": \"c a\"}", 0);
    assertThat(task.evaluate(circle(0, new ArrayList<>())).metrics().get(0).value())
        .isCloseTo(4, within(1e-12));
  }

  @Test
  void perplexityOfAPlainTextFileIsOverWindows() throws IOException {
    TinyTokenizers.words(folder, WORDS);
    Files.writeString(folder.resolve("d.txt"), "a b\n\nc a b c b");
    Path file = folder.resolve("task.yaml");
    Files.writeString(file, "{name: t, type: perplexity, dataset: d.txt, max_seq_length: 3}");
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      LabelledTask task =
          (LabelledTask)
              Tasks.load(
                  TaskReader.read(file), new Datasets(false), () -> tokenizer, TextMarks.NONE, 0);
      Perplexity perplexity = (Perplexity) task.evaluate(circle()).metrics().get(0);
      assertThat(perplexity.units()).isEqualTo(ImmutableIntArray.of(2, 2));
    }
  }

  @Test
  void generationIsRightOnlyIfEveryAnswerTokenIs() throws IOException {
    String rows =
        """
        {"prompt": "a", "answer": " b c"}
        {"prompt": "c c a", "answer": " b b"}
        {"prompt": "b", "answer": " c"}
        {"prompt": "a", "answer": " c"}
        """;
    List<TokenBatch> seen = new ArrayList<>();
    LabelledTask task = load("type: generation", rows, 0);
    TaskScores scores = task.evaluate(circle(1, seen));
    assertThat(scores.metrics())
        .containsExactly(new Proportion("exact_match", ImmutableIntArray.of(1, 0, 1, 0)));
    assertThat(seen.stream().mapToLong(TokenBatch::tokens).sum()).isEqualTo(2 + 4 + 1 + 1);
  }

  @Test
  void spacesAtTheEndOfThePromptGoOverToTheAnswer() throws IOException {
    LabelledTask task = load("type: generation", "{\"prompt\": \"a \", \"answer\": \"b\"}", 0);
    assertThat(task.evaluate(circle()).metrics().get(0).value()).isEqualTo(1);
  }

  @Test
  void theModelSeesThePromptsOwnTokensWhereTheSeamWouldMerge() throws IOException {
    List<TokenBatch> seen = new ArrayList<>();
    // "ab c c" is ? c c, so the answer is its last two tokens after the prompt's a.
    LabelledTask task = load("type: generation", "{\"prompt\": \"a\", \"answer\": \"b c c\"}", 0);
    task.evaluate(circle(1, seen));
    assertThat(seen.get(0).sequences()).containsExactly(ImmutableIntArray.of(1, 3));
  }

  @Test
  void specialTokensInFrontStayAndThoseBehindGo() throws IOException {
    Path json = TinyTokenizers.framed(folder, "?", "<s>", "</s>", "c");
    List<TokenBatch> seen = new ArrayList<>();
    LabelledTask task =
        load("type: generation", "{\"prompt\": \"\", \"answer\": \"c c\"}", 0, json);
    task.evaluate(circle(1, seen));
    assertThat(seen.get(0).sequences()).containsExactly(ImmutableIntArray.of(1, 3));
  }

  @Test
  void generationNeedsAPromptAndAnAnswer() {
    assertThat(failure("type: generation", "{\"prompt\": \"\", \"answer\": \"b\"}"))
        .isEqualTo(
            "d.jsonl:1: field 'prompt' has no tokens, so nothing predicts the answer"
                + " | give every row a prompt");
    assertThat(failure("type: generation", "{\"prompt\": \"a\", \"answer\": \" \"}"))
        .isEqualTo(
            "d.jsonl:1: field 'answer' adds no tokens to the prompt | give every row an answer");
    assertThat(failure("type: generation", "{\"prompt\": \"a\"}"))
        .startsWith("d.jsonl:1: row has no field 'answer'; its fields are prompt");
  }

  @Test
  void theLimitOfTheCommandLineReplacesTheTasksOwn() throws IOException {
    String rows = "{\"text\": \"a b\"}\n{\"text\": \"a b\"}\n{\"text\": \"a b\"}\n";
    assertThat(load("type: perplexity, limit: 2", rows, 0).evaluate(circle()).metrics().get(0).n())
        .isEqualTo(2);
    assertThat(load("type: perplexity, limit: 2", rows, 1).evaluate(circle()).metrics().get(0).n())
        .isEqualTo(1);
    assertThat(load("type: perplexity", rows, 0).evaluate(circle()).metrics().get(0).n())
        .isEqualTo(3);
  }

  @Test
  void aModelThatGivesNoNumbersIsWrongEverywhere() throws IOException {
    Model broken =
        FakeModel.of(
            batch -> {
              float[] values = new float[batch.size() * batch.length() * WORDS.length];
              Arrays.fill(values, Float.NaN);
              return logits(values, batch.size(), batch.length(), WORDS.length);
            });
    LabelledTask answer = load("type: generation", "{\"prompt\": \"a\", \"answer\": \" ?\"}", 0);
    assertThat(answer.evaluate(broken).metrics().get(0).value()).isZero();
    LabelledTask classes = load("type: classification", "{\"text\": \"a\", \"label\": 0}", 0);
    TaskScores scores =
        classes.evaluate(
            FakeModel.of(
                batch -> {
                  float[] values = new float[batch.size() * 3];
                  Arrays.fill(values, Float.NaN);
                  return logits(values, batch.size(), 3);
                }));
    assertThat(scores.metrics()).allMatch(metric -> metric.value() == 0);
    assertThat(scores.missing()).isOne();
    LabelledTask text = load("type: perplexity", "{\"text\": \"a b\"}", 0);
    assertThat(text.evaluate(broken).metrics().get(0).value()).isNaN();
  }
}
