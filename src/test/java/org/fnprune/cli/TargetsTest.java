package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.fnprune.data.TinyTokenizers;
import org.fnprune.model.OnnxModel;
import org.fnprune.model.TinyAttention;
import org.fnprune.model.TinyGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole runs over heads, KV groups and outputs of down projections. */
class TargetsTest {

  @TempDir Path folder;

  private Workplace work;

  @BeforeEach
  void models() throws IOException {
    work = new Workplace(folder);
    model("heads", TinyAttention.multiHead(), "\"n_head\": 4");
    model(
        "groups",
        TinyAttention.groupedWithCache(),
        "\"num_attention_heads\": 4, \"num_key_value_heads\": 2");
    // The words of Workplace's text that this vocabulary lacks are the unknown word.
  }

  private void model(String name, OnnxModel model, String counts) throws IOException {
    Path home = Files.createDirectories(work.path(name));
    Files.write(home.resolve("model.onnx"), model.proto().toByteArray());
    TinyTokenizers.words(
        home,
        IntStream.range(0, TinyGraph.VOCABULARY).mapToObj(i -> "w" + i).toArray(String[]::new));
    work.write(
        name + "/config.json",
        "{\"vocab_size\": 11, \"n_positions\": 32, \"n_layer\": 2, \"n_inner\": 16, "
            + counts
            + "}");
  }

  private void recipe(String model, String targets, String selector, boolean sequential) {
    work.write(
        "r.yaml",
        String.format(
            Locale.ROOT,
            """
        model: %s
        output: out
        calibration: {dataset: text.jsonl}
        networks: {components: 3, restarts: 2}
        prune: {targets: %s, sparsity: 0.5, selector: %s, round_to: 1}
        compensate: {method: least-squares, sequential: %s}
        verify: {tasks: [lm.yaml], latency: false}
        """,
            model,
            targets,
            selector,
            sequential));
  }

  private JsonObject json(String name) {
    return JsonParser.parseString(work.read(name)).getAsJsonObject();
  }

  private List<JsonObject> units() {
    return json("out/plan.json").getAsJsonArray("units").asList().stream()
        .map(JsonElement::getAsJsonObject)
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "heads, '[heads]', functional-networks, false",
    "heads, '[heads]', flap, true",
    "heads, '[ffn, heads, ffn_out]', functional-networks, false",
    "heads, '[ffn_out]', wanda-sp, true",
    "groups, '[kv_groups]', functional-networks, true",
    "groups, '[ffn, kv_groups]', magnitude, false"
  })
  void aRunPrunesItsTargetsAndNothingElse(
      String model, String targets, String selector, boolean sequential) {
    recipe(model, targets, selector, sequential);
    work.succeeds("run @/r.yaml");
    assertThat(units())
        .extracting(unit -> unit.get("kind").getAsString())
        .containsOnly(targets.replaceAll("[\\[\\] ]", "").split(","));
    JsonObject report = json("out/report.json");
    assertThat(report.getAsJsonObject("equivalence").get("outputs").getAsInt())
        .isEqualTo(model.equals("groups") ? 5 : 1);
    assertThat(report.get("sparsity").getAsDouble()).isBetween(0.4, 0.6);
    assertThat(report.getAsJsonArray("warnings").toString().contains("by bias, not least squares"))
        .isEqualTo(targets.contains("ffn_out"));
  }

  @Test
  void aPlanNamesChannelsAndTheirPositions() {
    recipe("groups", "[kv_groups]", "random", false);
    work.succeeds("run @/r.yaml");
    assertThat(units())
        .allSatisfy(
            unit -> {
              assertThat(unit.get("width").getAsInt()).isEqualTo(2);
              assertThat(unit.get("unit_size").getAsInt()).isEqualTo(6);
              assertThat(unit.getAsJsonArray("kept")).hasSize(1);
            });
    JsonObject config = json("out/slim/config.json");
    assertThat(config.get("num_attention_heads").getAsInt()).isEqualTo(2);
    assertThat(config.get("num_key_value_heads").getAsInt()).isEqualTo(1);
    assertThat(config.get("head_dim").getAsInt()).isEqualTo(3);
    assertThat(config.get("n_inner").getAsInt()).isEqualTo(16);
  }

  /** A run's structure lists what it left alone, too. */
  @Test
  void structureListsEveryKind() {
    recipe("heads", "[heads]", "random", false);
    work.succeeds("run @/r.yaml");
    assertThat(
            json("out/structure.json").getAsJsonArray("units").asList().stream()
                .map(unit -> unit.getAsJsonObject().get("kind").getAsString())
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrder("ffn", "heads", "ffn_out");
  }

  @ParameterizedTest
  @CsvSource({
    "heads, kv_groups, 'ffn, ffn_out, heads'",
    "groups, heads, 'ffn, ffn_out, kv_groups'",
    "groups, 'ffn,heads', 'ffn, ffn_out, kv_groups'"
  })
  void aTargetThatTheModelLacksIsRefusedWithWhatItHas(String model, String targets, String has) {
    work.refuses(
        "prune @/"
            + model
            + " --selector random --compensate none --sparsity 0.5 --output @/out --targets "
            + targets,
        "model '@/" + model + "' has no prunable units of kind",
        "set targets to what it has; see 'fnprune inspect");
    assertThat(
            work.run(
                    "prune @/"
                        + model
                        + " --selector random --compensate none --sparsity 0.5 --output @/out"
                        + " --targets "
                        + targets)
                .err())
        .contains("; it has " + has);
  }

  @Test
  void inspectSumsUpEveryKindAsJsonToo() {
    JsonObject document =
        JsonParser.parseString(work.succeeds("inspect @/groups --json").out()).getAsJsonObject();
    assertThat(document.getAsJsonArray("kinds").asList())
        .extracting(
            kind -> kind.getAsJsonObject().get("kind").getAsString(),
            kind -> kind.getAsJsonObject().get("units").getAsInt(),
            kind -> kind.getAsJsonObject().get("channels").getAsLong())
        .containsExactly(tuple("ffn", 2, 32L), tuple("kv_groups", 2, 4L), tuple("ffn_out", 2, 12L));
    JsonObject head = document.getAsJsonArray("blocked").asList().get(0).getAsJsonObject();
    assertThat(head.get("operator").getAsString()).isEqualTo("MatMul");
    assertThat(head.get("reason").getAsString()).contains("reach the graph output 'logits'");
    assertThat(head.get("parameters").getAsLong()).isEqualTo(66);
    assertThat(document.get("parameters").getAsLong())
        .isEqualTo(
            document.get("prunable_parameters").getAsLong()
                + 66
                + document.get("other_parameters").getAsLong());
  }
}
