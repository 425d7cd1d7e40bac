package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.google.gson.JsonStreamParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.fnprune.cli.Workplace.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Results on stdout, the rest on stderr, one document with {@code --json}. */
class OutputTest {

  @TempDir private Path folder;
  private Workplace work;

  @BeforeEach
  void prepare() throws IOException {
    work = new Workplace(folder);
    work.recipe("r.yaml", "flap", "bias");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run @/r.yaml --json",
        "prune @/m --calibration @/text.jsonl --selector flap --sparsity 0.5 --round-to 4"
            + " --latency false --output @/p --json",
        "inspect @/m --json",
        "eval @/m --task @/lm.yaml --json"
      })
  void jsonIsExactlyOneDocument(String line) {
    Outcome outcome = work.run(line);
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.OK);
    List<JsonElement> documents = new ArrayList<>();
    new JsonStreamParser(outcome.out()).forEachRemaining(documents::add);
    assertThat(documents).hasSize(1);
    assertThat(documents.get(0).getAsJsonObject().get("schema").getAsInt()).isEqualTo(1);
  }

  @Test
  void jsonOnStdoutIsTheReportOfTheRunFolder() {
    assertThat(JsonParser.parseString(work.run("run @/r.yaml --json").out()))
        .isEqualTo(JsonParser.parseString(work.read("out/report.json")));
  }

  @Test
  void progressGoesToStderrUnlessQuiet() {
    assertThat(work.run("run @/r.yaml").err())
        .contains("capture: ")
        .contains("dense tasks: 1 task in ")
        .contains("slim tasks: 1 task in ");
    assertThat(work.run("run @/r.yaml --force --quiet").err()).isEmpty();
  }

  @Test
  void theSummaryShowsTasksThenSizes() {
    String out = work.run("run @/r.yaml --quiet").out();
    List<String> lines = out.lines().toList();
    assertThat(lines.get(0)).matches("Task +Metric +Dense +Slim +Δ +Stderr +p");
    assertThat(lines.get(2))
        .matches("words +perplexity ↓ +[0-9.]+ +[0-9.]+ +[+-][0-9.]+ +[0-9.]+ .*");
    assertThat(lines.get(3)).startsWith("Δ = slim − dense; Stderr");
    assertThat(lines.get(5)).matches("Size +Dense +Slim +Change");
    assertThat(out)
        .containsPattern("parameters +816 +544 +-33.3%")
        .contains("Removed 50.0% of the targets' parameters; slim equals masked: ")
        .contains("Slim model: " + work.path("out/slim") + "\n")
        .contains("Report: " + work.path("out/report.html") + "\n");
  }

  @Test
  void inspectListsUnitsAndReasons() {
    String out = work.run("inspect @/m").out();
    assertThat(out)
        .containsPattern("layers.0.ffn +0 +ffn +16 +1 +272 +layers.0.act")
        .containsPattern("/head/MatMul +MatMul +128 +15.7% +its outputs reach the graph output")
        .containsPattern("ffn +2 +32 +544 +66.7%")
        .containsPattern("ffn_out +2 +16 +272 +33.3%")
        .contains("560 of 816 parameters (68.6%) belong to prunable units; 128 (15.7%) are");
  }

  @Test
  void evalPrintsOneLineForEachMetric() {
    List<String> lines = work.run("eval @/m --task @/lm.yaml --limit 5").out().lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).matches("Task +Metric +Value +Stderr +n");
    assertThat(lines.get(2)).matches("words +perplexity ↓ +[0-9.]+ +[0-9.]+ +5");
  }

  @Test
  void aFailureWhileRunningIsExitCodeOne() throws IOException {
    java.nio.file.Files.delete(work.path("m/config.json"));
    work.write("long.jsonl", "{\"text\": \"w2 w1\"}\n");
    work.write("m/tokenizer.json", work.read("m/tokenizer.json").replace("\"w2\":2", "\"w2\":99"));
    work.write("long.yaml", "{name: long, type: perplexity, dataset: long.jsonl}\n");
    Outcome outcome = work.run("eval @/m --task @/long.yaml");
    assertThat(outcome.code()).isEqualTo(ExitCode.FAILED);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err().lines().toList()).hasSize(2);
    assertThat(outcome.err())
        .startsWith("error: ONNX Runtime failed: ")
        .contains("\nhelp: do config.json and tokenizer.json belong to this model?");
  }
}
