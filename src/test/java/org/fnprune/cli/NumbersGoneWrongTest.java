package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.fnprune.cli.Workplace.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * NaN, infinity, zeros and copies in weights, activations and scores: a right result or exit code 2
 * with a name, and never NaN in a JSON file or behind a gate.
 */
class NumbersGoneWrongTest {

  private static final String COMMON =
      "prune @/m --calibration @/text.jsonl --sparsity 0.5 --round-to 4 --components 3"
          + " --restarts 2 --latency false --quiet --force --output @/out ";

  private static final String TASK = "--task @/lm.yaml --max-drop 9 ";

  /** A gate that any finite loss passes, for selectors that do not look at what neurons do. */
  private static final String BLIND = "--task @/lm.yaml --max-drop 1e9 ";

  /** Selectors, compensations and allocations: each at least once. */
  private static final List<String> WAYS =
      List.of(
          "--selector auto",
          "--selector obs",
          "--selector functional-networks",
          "--selector wanda-sp --compensate bias",
          "--selector flap --compensate bias --allocation z-score",
          "--selector magnitude --compensate none",
          "--selector random --compensate none",
          "--selector flap --compensate least-squares --allocation z-score",
          "--selector obs --allocation sensitivity",
          "--selector wanda-sp --allocation curvature --compensate none",
          "--selector functional-networks --allocation global --compensate bias");

  /** Neurons that say nothing, or all the same. */
  private enum Degenerate {
    DEAD {
      @Override
      void make(Path model) throws IOException {
        WeightEdits.edit(model, UP_BIAS, (r, c, v) -> c < 5 ? -100 : v);
      }
    },
    CONSTANT {
      @Override
      void make(Path model) throws IOException {
        WeightEdits.edit(model, UP, (r, c, v) -> c < 5 ? 0 : v);
        WeightEdits.edit(model, UP_BIAS, (r, c, v) -> c < 5 ? 1 : v);
      }
    },
    IDENTICAL {
      @Override
      void make(Path model) throws IOException {
        WeightEdits.edit(model, UP, (r, c, v) -> r * 0.3f - 1);
        WeightEdits.edit(model, UP_BIAS, (r, c, v) -> 0.5f);
      }
    },
    UNIT_DEAD {
      @Override
      void make(Path model) throws IOException {
        WeightEdits.edit(model, UP_BIAS, (r, c, v) -> -100);
      }
    },
    UNIT_CONSTANT {
      @Override
      void make(Path model) throws IOException {
        WeightEdits.edit(model, UP, (r, c, v) -> 0);
        WeightEdits.edit(model, UP_BIAS, (r, c, v) -> 1 + c / 3f);
      }
    },
    UNREAD {
      @Override
      void make(Path model) throws IOException {
        WeightEdits.edit(model, DOWN, (r, c, v) -> 0);
      }
    };

    abstract void make(Path model) throws IOException;
  }

  private static final String UP = "layers.0.up.w";
  private static final String UP_BIAS = "layers.0.up.b";
  private static final String DOWN = "layers.0.down.w";
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  @TempDir private Path folder;
  private Workplace work;
  private Path model;

  @BeforeEach
  void prepare() throws IOException {
    work = new Workplace(folder);
    model = work.path("m/model.onnx");
  }

  private static String task(String way) {
    return way.contains("magnitude") || way.contains("random") ? BLIND : TASK;
  }

  @ParameterizedTest
  @EnumSource
  void neuronsThatSayNothingArePruned(Degenerate degenerate) throws IOException {
    degenerate.make(model);
    for (String way : WAYS) {
      succeeds(task(way) + way);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"text\": \"w1 w2 w3\"}\n",
        "{\"text\": \"w1 w1\"}\n{\"text\": \"w1 w1\"}\n{\"text\": \"w1 w1\"}\n",
        "{\"text\": \"w3 w4 w5\"}\n{\"text\": \"w3 w4 w5\"}\n",
        "{\"text\": \"unheard of\"}\n{\"text\": \"unknown words\"}\n",
      })
  void littleTextIsEnough(String text) {
    work.write("few.jsonl", text);
    for (String way : WAYS) {
      succeeds(task(way) + "--calibration @/few.jsonl --batch-size 1 " + way);
    }
  }

  @Test
  void oneTokenIsEnough() {
    work.write("text.jsonl", "{\"text\": \"w1\"}\n");
    for (String way : WAYS) {
      succeeds(way);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {UP, UP_BIAS, DOWN})
  void aUnitsWeightThatIsNoNumberIsRefusedByName(String tensor) throws IOException {
    WeightEdits.set(model, tensor, 0, 3, Float.NaN);
    for (String way : WAYS) {
      refuses(way, "weight '" + tensor + "' of unit 'layers.0.ffn' holds NaN (value 3 of shape [");
    }
  }

  @Test
  void aUnitsWeightThatIsInfiniteIsRefusedWithoutCalibration() throws IOException {
    WeightEdits.set(model, DOWN, 1, 2, -INFINITY);
    work.refuses(
        "prune @/m --sparsity 0.5 --selector random --compensate none --latency false"
            + " --output @/out",
        "weight 'layers.0.down.w' of unit 'layers.0.ffn' holds -Infinity (value 10 of shape [16,"
            + " 8])",
        "the model is damaged");
    assertThat(work.path("out")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, INFINITY, 3e38f, 1e20f})
  void activationsThatOverflowForOneWordAreRefusedWithTheUnit(float value) throws IOException {
    WeightEdits.edit(model, "embed", (r, c, v) -> r == 3 ? value : v);
    for (String way : WAYS) {
      refuses(way, "the activations of unit 'layers.0.ffn' are not all finite numbers");
    }
  }

  @Test
  void anOverflowOfWordsThatNoTextHasIsNone() throws IOException {
    WeightEdits.edit(model, "embed", (r, c, v) -> r == 3 ? Float.NaN : v);
    work.write("text.jsonl", "{\"text\": \"w1 w2 w4 w5 w6 w7\"}\n".repeat(3));
    for (String way : WAYS) {
      succeeds(task(way) + way);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, INFINITY})
  void aPerplexityThatIsNoNumberPassesNoGate(float value) throws IOException {
    WeightEdits.set(model, "head", 2, 3, value);
    Outcome outcome = run(TASK + "--selector obs");
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.GATE);
    JsonObject report = JsonParser.parseString(work.read("out/report.json")).getAsJsonObject();
    assertThat(report.getAsJsonArray("tasks").get(0).getAsJsonObject().get("slim").isJsonNull())
        .isTrue();
    assertThat(report.toString())
        .contains("words: perplexity of the slim model is NaN")
        .contains("\"passed\":false");
    requireStrictJson();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--selector auto",
        "--selector obs --allocation sensitivity",
        "--selector obs --allocation curvature"
      })
  void nothingIsChosenByWhatIsNoNumber(String way) throws IOException {
    WeightEdits.set(model, "head", 2, 3, Float.NaN);
    refuses(way, "the dense model's first output is NaN or infinite on calibration text");
  }

  @Test
  void aModelThatSaysNothingCannotBeChecked() throws IOException {
    WeightEdits.edit(model, "head", (r, c, v) -> 0);
    refuses(
        "--selector obs --compensate none",
        "the first output of the model is zero or no finite number at every value compared");
    WeightEdits.edit(model, "head", (r, c, v) -> Float.NaN);
    refuses(
        "--selector magnitude --compensate none",
        "the first output of the model is zero or no finite number at every value compared");
  }

  /** A class at −∞, as of a model that masks its vocabulary: ruled out, and no trouble. */
  @Test
  void aClassThatIsRuledOutIsNoTroubleUntilATextHasIt() throws IOException {
    ruleOut(3);
    work.write("without.jsonl", work.read("text.jsonl").replace("w3 ", "w4 "));
    work.write("without.yaml", "{name: without, type: perplexity, dataset: without.jsonl}\n");
    work.write("alike.yaml", "{name: alike, type: fidelity, dataset: text.jsonl}\n");
    for (String way : WAYS) {
      succeeds("--task @/without.yaml --task @/alike.yaml --max-drop 9 " + way);
    }
    Outcome outcome = run(TASK + "--selector obs");
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.GATE);
    assertThat(work.read("out/report.json"))
        .contains("words: perplexity of the slim model is Infinity");
    requireStrictJson();
  }

  /** The first hidden axis is 1 for every word, and the word's column reads −∞ times that. */
  private void ruleOut(int word) throws IOException {
    WeightEdits.edit(model, "embed", (r, c, v) -> c == 0 ? 1 : v);
    for (int layer = 0; layer < 2; layer++) {
      WeightEdits.edit(model, "layers." + layer + ".down.w", (r, c, v) -> c == 0 ? 0 : v);
      WeightEdits.edit(model, "layers." + layer + ".down.b", (r, c, v) -> c == 0 ? 0 : v);
    }
    WeightEdits.set(model, "head", 0, word, -INFINITY);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void classesThatAreNeverSeenLeaveEveryMetricDefined(int distinct) throws IOException {
    classifier(i -> distinct == 0 ? 2 : i % 2);
    for (String way : WAYS) {
      succeeds("--task @/classes.yaml --max-drop 1 " + way);
    }
    assertThat(work.read("out/report.json")).contains("macro_f1").contains("matthews");
  }

  @Test
  void aSingleExampleHasAMetricButNoError() throws IOException {
    classifier(i -> 1);
    work.write("classes.jsonl", "{\"text\": \"w1\", \"label\": 1}\n");
    succeeds("--task @/classes.yaml --max-drop 1 --selector obs");
    assertThat(work.read("out/report.json")).contains("matthews");
  }

  @Test
  void answersThatAreNaNAreNotCompared() throws IOException {
    classifier(i -> i % 3);
    WeightEdits.set(model, "head", 2, 1, Float.NaN);
    refuses(
        "--task @/classes.yaml --max-drop 1 --selector obs",
        "task 'classes': the dense model's output is NaN for 24 of 24 examples");
  }

  @Test
  void aTaskWithoutExamplesIsRefused() {
    work.write("empty.jsonl", "");
    work.write("none.yaml", "{name: none, type: perplexity, dataset: empty.jsonl}\n");
    Outcome outcome = run("--task @/none.yaml --selector obs");
    assertThat(outcome.code()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.err()).contains("empty.jsonl").doesNotContain("\tat ");
  }

  /** Budgets that would remove nothing, or are no share, or would leave nothing. */
  @Test
  void budgetsAtTheEdges() {
    refuses(TASK + "--selector obs --sparsity 0.001", "nothing would be removed");
    for (String share : List.of("0", "1", "-0.5", "NaN")) {
      Outcome outcome = run(TASK + "--selector obs --sparsity " + share);
      assertThat(outcome.code()).as(share + outcome.err()).isEqualTo(ExitCode.USAGE);
      assertThat(outcome.err()).contains("sparsity").doesNotContain("\tat ");
    }
    refuses(
        TASK + "--selector obs --sparsity 0.999",
        "cannot remove 543 parameters: at most 408 of the targets' 544 can go");
  }

  @Test
  void moreComponentsThanTheActivationsRankAreFewer() {
    succeeds(TASK + "--selector functional-networks --components 15");
    work.write("few.jsonl", "{\"text\": \"w1 w2\"}\n");
    Outcome outcome =
        run(TASK + "--calibration @/few.jsonl --selector functional-networks --components 15");
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.OK);
    assertThat(outcome.err()).contains("of 15 components: the activations' rank is lower");
    requireStrictJson();
  }

  /** A classifier at {@code @/m}, and 24 examples whose classes are given. */
  private void classifier(IntUnaryOperator label) throws IOException {
    TinyModels.classifier(work.path("m"));
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 24; i++) {
      rows.append("{\"text\": \"w").append(i % 16).append(" w3 w").append(i % 5);
      rows.append("\", \"label\": ").append(label.applyAsInt(i)).append("}\n");
    }
    work.write("classes.jsonl", rows.toString());
    work.write("classes.yaml", "{name: classes, type: classification, dataset: classes.jsonl}\n");
  }

  private Outcome run(String way) {
    return work.run(COMMON + way);
  }

  private void succeeds(String way) {
    Outcome outcome = run(way);
    assertThat(outcome.code()).as(way + ": " + outcome.err()).isEqualTo(ExitCode.OK);
    requireStrictJson();
  }

  private void refuses(String way, String error) {
    Outcome outcome = run(way);
    assertThat(outcome.err()).as(way).contains("error: " + error).contains("\nhelp: ");
    assertThat(outcome.err()).as(way).doesNotContain("\tat ").doesNotContain("this is a bug");
    assertThat(outcome.code()).as(way).isEqualTo(ExitCode.USAGE);
    assertThat(work.path("out/report.json")).as(way).doesNotExist();
  }

  /** Every JSON file of the run, read without leniency: NaN and Infinity are no JSON. */
  private void requireStrictJson() {
    List<String> files = work.files("out").stream().filter(file -> file.endsWith(".json")).toList();
    assertThat(files).contains("report.json", "plan.json");
    for (String file : files) {
      StrictJson.requireValid(work.path("out").resolve(file));
    }
  }
}
