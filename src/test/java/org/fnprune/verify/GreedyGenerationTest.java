package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.fnprune.data.TinyTokenizers;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyAttention;
import org.fnprune.model.TinyGraph;
import org.fnprune.model.TinyGraphs;
import org.fnprune.runtime.RuntimeOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GreedyGenerationTest {

  @TempDir private Path path;
  private TaskFolder folder;

  @BeforeEach
  void prepare() throws IOException {
    TinyTokenizers.words(
        path,
        IntStream.range(0, TinyGraph.VOCABULARY).mapToObj(i -> "w" + i).toArray(String[]::new));
    folder = new TaskFolder(path);
  }

  private static OnnxPredictor open(OnnxModel model) {
    return OnnxPredictor.open(model, RuntimeOptions.cpu(1));
  }

  /** The graph's own cache is used, or not. */
  private static Model jagged(OnnxPredictor model, boolean cached) {
    FakeModel whole = FakeModel.of(batch -> jagged(model.predict(batch)));
    return cached
        ? new FakeModel(whole.byName(), whole.ofImages(), () -> jagged(model.decoding()))
        : whole;
  }

  private static Decoding jagged(Decoding smooth) {
    return new Decoding() {
      @Override
      public Logits feed(TokenBatch tokens) {
        return jagged(smooth.feed(tokens));
      }

      @Override
      public void close() {
        smooth.close();
      }
    };
  }

  /** Logits of which small differences change the order: a tiny model says one word only. */
  private static Logits jagged(Logits logits) {
    float[] values = new float[logits.values().limit()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(40 * logits.values().get(i));
    }
    return FakeModel.logits(values, logits.shape().toArray());
  }

  private static String prompt(Random random, int tokens) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < tokens; i++) {
      text.append(i == 0 ? "w" : " w").append(random.nextInt(TinyGraph.VOCABULARY));
    }
    return text.toString();
  }

  private static String rows() {
    Random random = new Random(3);
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 9; i++) {
      rows.append("{\"prompt\": \"")
          .append(prompt(random, 2 + i % 3))
          .append("\", \"answer\": \" w1\"}\n");
    }
    return rows.toString();
  }

  private static List<String> said(TaskScores scores) {
    return IntStream.range(0, scores.n())
        .mapToObj(i -> scores.predictions().apply(i).getAsString())
        .toList();
  }

  @Test
  void decodingWithACacheIsDecodingWithout() throws IOException {
    LabelledTask task =
        folder.labelled("type: generation, decoding: greedy, max_new_tokens: 6", rows());
    try (OnnxPredictor model = open(TinyAttention.groupedWithCache());
        Decoding decoding = model.decoding()) {
      assertThat(decoding).isNotInstanceOf(WholeTextDecoding.class);
      List<String> cached = said(task.evaluate(jagged(model, true)));
      assertThat(cached).isEqualTo(said(task.evaluate(jagged(model, false))));
      assertThat(cached).allMatch(text -> text.split(" ").length == 6);
      assertThat(ImmutableSet.copyOf(cached).size()).isGreaterThan(6);
    }
  }

  /** The answer's tokens are all likeliest exactly if decoding gives the answer. */
  @Test
  void decodingAgreesWithCheckingEachTokenOfTheAnswer() throws IOException {
    try (OnnxPredictor model = open(TinyGraphs.plain())) {
      List<String> said =
          said(
              folder
                  .labelled("type: generation, decoding: greedy, max_new_tokens: 3", rows())
                  .evaluate(model));
      Random random = new Random(3);
      StringBuilder rows = new StringBuilder();
      for (int i = 0; i < said.size(); i++) {
        String answer = i % 2 == 0 ? said.get(i) : said.get(i).replaceFirst("w\\d+$", "w99");
        rows.append("{\"prompt\": \"")
            .append(prompt(random, 2 + i % 3))
            .append("\", \"answer\": \" ")
            .append(answer)
            .append("\"}\n");
      }
      ImmutableIntArray expected = ImmutableIntArray.of(1, 0, 1, 0, 1, 0, 1, 0, 1);
      for (String keys :
          List.of("type: generation", "type: generation, decoding: greedy, max_new_tokens: 3")) {
        TaskScores scores = folder.labelled(keys, rows.toString()).evaluate(model);
        assertThat(((Proportion) scores.metrics().get(0)).correct()).as(keys).isEqualTo(expected);
      }
    }
  }

  /** The next word in a circle. */
  private static Model circle() {
    return FakeModel.of(
        batch -> {
          long[] ids = batch.ids();
          float[] values = new float[ids.length * TinyGraph.VOCABULARY];
          for (int i = 0; i < ids.length; i++) {
            values[i * TinyGraph.VOCABULARY + (int) ((ids[i] + 1) % TinyGraph.VOCABULARY)] = 1;
          }
          return FakeModel.logits(values, batch.size(), batch.length(), TinyGraph.VOCABULARY);
        });
  }

  @Test
  void aStopTextEndsTheAnswerAndIsNoPartOfIt() throws IOException {
    String rows =
        "{\"prompt\": \"w1 w3\", \"answer\": \"w4 w5\"}\n{\"prompt\": \"w4\", \"answer\": \"w6\"}\n";
    TaskScores scores =
        folder
            .labelled("type: generation, decoding: greedy, max_new_tokens: 4, stop: [w6, w8]", rows)
            .evaluate(circle());
    assertThat(said(scores)).containsExactly("w4 w5 ", "w5 ");
    assertThat(((Proportion) scores.metrics().get(0)).correct().asList()).containsExactly(1, 0);
    assertThat(scores.metrics().get(1).metric()).isEqualTo("f1");
    assertThat(scores.metrics().get(1).value()).isEqualTo(0.5);
  }

  @Test
  void anEndTokenEndsTheAnswer() throws IOException {
    TaskFolder marked =
        new TaskFolder(path, new TextMarks(OptionalInt.empty(), ImmutableSet.of(7)));
    TaskScores scores =
        marked
            .labelled(
                "type: generation, decoding: greedy", "{\"prompt\": \"w4\", \"answer\": \"w5 w6\"}")
            .evaluate(circle());
    assertThat(said(scores)).containsExactly("w5 w6");
  }

  @Test
  void theLongestExampleHasRoomForNewTokens() throws IOException {
    assertThat(
            folder
                .load(
                    "type: generation, decoding: greedy, max_new_tokens: 10",
                    "{\"prompt\": \"w4 w4\", \"answer\": \"w5\"}")
                .longest())
        .isEqualTo(11);
  }
}
