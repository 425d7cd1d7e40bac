package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.io.MoreFiles;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.fnprune.Pipeline;
import org.fnprune.cli.Workplace.Outcome;
import org.fnprune.recipe.Recipe;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Seeds, resuming, replacing, gates: what happens when a run meets one that was there before. */
class RunAgainTest {

  @TempDir private Path folder;
  private Workplace work;

  @BeforeEach
  void prepare() throws IOException {
    work = new Workplace(folder);
    work.recipe("r.yaml", "functional-networks", "least-squares");
  }

  @Test
  void equalSeedsGiveEqualBytes() throws IOException {
    succeeds("run @/r.yaml");
    succeeds("run @/r.yaml --output @/again");
    assertThat(work.path("again/plan.json")).hasSameBinaryContentAs(work.path("out/plan.json"));
    assertThat(work.path("again/slim/model.onnx"))
        .hasSameBinaryContentAs(work.path("out/slim/model.onnx"));
    assertThat(work.path("again/slim/README.md"))
        .hasSameBinaryContentAs(work.path("out/slim/README.md"));
    assertThat(comparable("again")).isEqualTo(comparable("out"));
  }

  @Test
  void anotherSeedIsAnotherChoiceAtRandom() {
    work.recipe("r.yaml", "random", "none");
    succeeds("run @/r.yaml");
    succeeds("run @/r.yaml --seed 7 --output @/again");
    assertThat(work.read("again/plan.json")).isNotEqualTo(work.read("out/plan.json"));
  }

  @Test
  void anUnfinishedRunGoesOnWithItsCapture() throws IOException {
    succeeds("run @/r.yaml");
    byte[] slim = Files.readAllBytes(work.path("out/slim/model.onnx"));
    JsonObject report = comparable("out");
    Object captured = Files.getLastModifiedTime(work.path("out/moments/moments.json"));
    stop();
    work.write("out/.plan.json.part99", "half");
    Outcome outcome = succeeds("run @/r.yaml");
    assertThat(outcome.err()).contains("resumed").doesNotContain("capture:");
    assertThat(Files.getLastModifiedTime(work.path("out/moments/moments.json")))
        .isEqualTo(captured);
    assertThat(work.path("out/slim/model.onnx")).hasBinaryContent(slim);
    assertThat(comparable("out")).isEqualTo(report);
    assertThat(work.path("out/.plan.json.part99")).doesNotExist();
  }

  @Test
  void aHalfWrittenCaptureIsTakenAgain() throws IOException {
    succeeds("run @/r.yaml");
    stop();
    Files.write(work.path("out/moments/layers.1.ffn.gram.npy"), new byte[20]);
    assertThat(succeeds("run @/r.yaml").err()).contains("capture:").doesNotContain("resumed");
  }

  @Test
  void aFinishedRunIsReplacedOnlyByForce() {
    succeeds("run @/r.yaml");
    refuses(
        "run @/r.yaml",
        "output '@/out' holds a finished run of this recipe",
        "add --force to replace it, or choose another --output");
    refuses(
        "run @/r.yaml --sparsity 0.25",
        "output '@/out' holds a finished run of another recipe: prune.sparsity was 0.5, is 0.25",
        "add --force to replace it, or choose another --output");
    succeeds("run @/r.yaml --sparsity 0.25 --force");
    assertThat(work.read("out/recipe.lock.yaml")).contains("  sparsity: 0.25\n");
  }

  @Test
  void forceLeavesFilesThatAreNotTheRuns() {
    succeeds("run @/r.yaml");
    work.write("out/notes.txt", "mine");
    succeeds("run @/r.yaml --force");
    assertThat(work.path("out/notes.txt")).hasContent("mine");
  }

  @Test
  void whatASettingChangesIsDoneAgainAndSaidSo() throws IOException {
    succeeds("run @/r.yaml --sparsity 0.25 --output @/fresh");
    succeeds("run @/r.yaml");
    stop();
    Object captured = Files.getLastModifiedTime(work.path("out/moments/moments.json"));
    assertThat(succeeds("run @/r.yaml --sparsity 0.25").err())
        .contains(
            "resumed, though prune.sparsity was 0.5, is 0.25;"
                + " done again: selection, slim model, verification\n")
        .contains("resumed: the capture of the interrupted run is used\n")
        .contains("resumed: the networks of the interrupted run are used\n");
    assertThat(Files.getLastModifiedTime(work.path("out/moments/moments.json")))
        .isEqualTo(captured);
    assertEqualFiles("fresh", "out");
  }

  @Test
  void otherDataChangesEverything() throws IOException {
    succeeds("run @/r.yaml");
    stop();
    work.write("text.jsonl", work.read("text.jsonl") + "{\"text\": \"w1 w2\"}\n");
    assertThat(succeeds("run @/r.yaml --seed 7").err())
        .contains(
            "resumed, though seed was 42, is 7; @/text.jsonl has changed; @/text.jsonl has changed;"
                    .replace("@", folder.toString())
                + " done again: capture, networks, selection, slim model, verification\n")
        .doesNotContain("of the interrupted run");
    succeeds("run @/r.yaml --seed 7 --output @/fresh");
    assertEqualFiles("fresh", "out");
  }

  @Test
  void anotherTaskChangesTheVerificationAlone() throws IOException {
    stopWhileVerifying();
    work.write("lm.yaml", "{name: text, type: perplexity, dataset: text.jsonl}\n");
    assertThat(succeeds("run @/r.yaml").err())
        .contains("resumed, though ")
        .contains("/lm.yaml has changed; done again: verification\n")
        .contains("resumed: the selection of the interrupted run is used\n")
        .contains("resumed: the slim model of the interrupted run is used\n");
    succeeds("run @/r.yaml --output @/fresh");
    assertEqualFiles("fresh", "out");
  }

  /** What is copied beside the slim model is what was there when the model was read. */
  @Test
  void aFileThatVanishesIsNotLeftOutOfTheSlimModel() throws IOException {
    Path tokenizer = work.path("m/tokenizer.json");
    Path away = folder.resolve("tokenizer.json.away");
    FaultyListener moves = FaultyListener.moving(tokenizer, away, "capture");
    assertThatThrownBy(
            () -> Pipeline.run(Recipe.read(work.path("r.yaml")), false, command(), moves))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage(tokenizer.toString());
    Files.move(away, tokenizer);
    assertThat(succeeds("run @/r.yaml").err()).contains("resumed: the capture");
    succeeds("run @/r.yaml --output @/fresh");
    assertEqualFiles("fresh", "out");
  }

  private void assertEqualFiles(String expected, String actual) throws IOException {
    assertThat(work.files(actual)).isEqualTo(work.files(expected));
    for (String file : work.files(expected)) {
      if (!file.matches("re(port|sults).*|recipe.lock.yaml")) {
        assertThat(work.path(actual + "/" + file))
            .hasSameBinaryContentAs(work.path(expected + "/" + file));
      }
    }
    assertThat(comparable(actual)).isEqualTo(comparable(expected));
  }

  @Test
  void aMissedGateIsExitCodeThreeWithModelAndReport() {
    Outcome outcome = work.run("run @/r.yaml --selector random --compensate none --max-drop 0");
    assertThat(outcome.code()).isEqualTo(ExitCode.GATE);
    assertThat(outcome.out()).contains("Gate missed:\n  words: perplexity rose from ");
    assertThat(work.path("out/slim/model.onnx")).exists();
    assertThat(work.read("out/report.md")).contains("**Gate missed.** words: perplexity rose");
    JsonObject gate =
        JsonParser.parseString(work.read("out/report.json"))
            .getAsJsonObject()
            .getAsJsonObject("gate");
    assertThat(gate.get("passed").getAsBoolean()).isFalse();
    assertThat(gate.getAsJsonArray("reasons")).hasSize(1);
  }

  @Test
  void aRefusedRunDoesNotBlockTheNext() {
    assertThat(work.run("run @/r.yaml --round-to 16").code()).isEqualTo(ExitCode.USAGE);
    assertThat(work.path("out")).doesNotExist();
    succeeds("run @/r.yaml");
  }

  /** What an interrupted run leaves: everything but the slim model and the reports. */
  private void stop() throws IOException {
    for (String file : List.of("report.json", "report.md")) {
      Files.delete(work.path("out").resolve(file));
    }
    MoreFiles.deleteRecursively(
        work.path("out/slim"), com.google.common.io.RecursiveDeleteOption.ALLOW_INSECURE);
  }

  /** What a run leaves that stops while it verifies. */
  private void stopWhileVerifying() {
    FaultyListener listener = FaultyListener.at("slim tasks");
    assertThatThrownBy(
            () -> Pipeline.run(Recipe.read(work.path("r.yaml")), false, command(), listener))
        .isInstanceOf(FaultyListener.Fault.class);
  }

  private ImmutableList<String> command() {
    return ImmutableList.of("run", work.path("r.yaml").toString());
  }

  private JsonObject comparable(String run) {
    JsonObject report = JsonParser.parseString(work.read(run + "/report.json")).getAsJsonObject();
    report.remove("timings");
    report.remove("latency");
    report.remove("recipe");
    report.remove("command");
    for (JsonElement model : report.getAsJsonObject("model").asMap().values()) {
      model.getAsJsonObject().remove("path");
    }
    return report;
  }

  @Test
  void equalCommandsGiveEqualReportsApartFromTimes() {
    succeeds("run @/r.yaml");
    JsonObject first = JsonParser.parseString(work.read("out/report.json")).getAsJsonObject();
    succeeds("run @/r.yaml --force");
    JsonObject second = JsonParser.parseString(work.read("out/report.json")).getAsJsonObject();
    assertThat(first.get("command").toString())
        .isEqualTo("[\"run\",\"" + work.path("r.yaml") + "\"]");
    for (JsonObject report : List.of(first, second)) {
      report.remove("command");
      report.remove("timings");
      report.remove("latency");
    }
    assertThat(second.toString()).isEqualTo(first.toString());
  }

  private Outcome succeeds(String line) {
    Outcome outcome = work.run(line);
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.OK);
    return outcome;
  }

  private void refuses(String line, String error, String help) {
    Outcome outcome = work.run(line);
    assertThat(outcome.code()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.err())
        .startsWith("error: " + error.replace("@", folder.toString()) + "\n")
        .contains("\nhelp: " + help);
  }
}
