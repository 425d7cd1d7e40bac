package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.google.gson.JsonStreamParser;
import java.io.IOException;
import java.nio.file.Files;
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

  /** A shape that only a run shows to be wrong. */
  @Test
  void aFailureWhileRunningIsExitCodeOne() throws IOException {
    Path file = work.path("m/model.onnx");
    ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
    GraphProto.Builder graph = model.getGraphBuilder();
    String output = graph.getOutput(0).getName();
    graph.getNodeBuilderList().stream()
        .filter(node -> node.getOutput(0).equals(output))
        .findFirst()
        .orElseThrow()
        .setOutput(0, "before");
    graph
        .addInitializer(
            TensorProto.newBuilder()
                .setName("shape")
                .setDataType(TensorProto.DataType.INT64.getNumber())
                .addDims(3)
                .addAllInt64Data(List.of(1L, 1L, 7L)))
        .addNode(
            NodeProto.newBuilder()
                .setOpType("Reshape")
                .addAllInput(List.of("before", "shape"))
                .addOutput(output));
    Files.write(file, model.build().toByteArray());
    Outcome outcome = work.run("eval @/m --task @/lm.yaml");
    assertThat(outcome.code()).isEqualTo(ExitCode.FAILED);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err().lines().toList()).hasSize(2);
    assertThat(outcome.err())
        .startsWith("error: ONNX Runtime failed: ")
        .contains("\nhelp: do config.json and tokenizer.json belong to this model?");
  }

  @Test
  void tokensThatTheModelDoesNotKnowAreAUsageError() throws IOException {
    Files.delete(work.path("m/config.json"));
    work.write("m/tokenizer.json", work.read("m/tokenizer.json").replace("\"w2\":2", "\"w2\":99"));
    Outcome outcome = work.run("eval @/m --task @/lm.yaml");
    assertThat(outcome.code()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.err())
        .startsWith("error: a token id or position lies beyond the model's table: ")
        .contains("\nhelp: do config.json and tokenizer.json belong to this model?");
  }
}
