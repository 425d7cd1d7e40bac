package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.io.MoreFiles;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.fnprune.cli.Workplace.Outcome;
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
  void whatChangedSinceAnUnfinishedRunIsNamed() throws IOException {
    succeeds("run @/r.yaml");
    stop();
    String help = "undo that to resume it, add --force to replace it, or choose another --output";
    refuses(
        "run @/r.yaml --seed 7 --batch-size 3",
        "output '@/out' holds an unfinished run of another recipe: seed was 42, is 7;"
            + " calibration.batch_size was 16, is 3",
        help);
    work.write("text.jsonl", work.read("text.jsonl") + "{\"text\": \"w1 w2\"}\n");
    refuses(
        "run @/r.yaml",
        "output '@/out' holds an unfinished run of another recipe: @/text.jsonl has changed",
        help);
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
