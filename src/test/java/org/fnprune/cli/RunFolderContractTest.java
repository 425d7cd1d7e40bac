package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.fnprune.report.ReportSchema.validate;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.fnprune.cli.Workplace.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The run folder is what DESIGN section 5 says, whatever was chosen. */
class RunFolderContractTest {

  @TempDir private Path folder;
  private Workplace work;

  @BeforeEach
  void prepare() throws IOException {
    work = new Workplace(folder);
  }

  @ParameterizedTest
  @CsvSource({
    "functional-networks, none", "functional-networks, bias", "functional-networks, least-squares",
    "random, none", "random, bias", "random, least-squares",
    "magnitude, none", "magnitude, bias", "magnitude, least-squares",
    "wanda-sp, none", "wanda-sp, bias", "wanda-sp, least-squares",
    "flap, none", "flap, bias", "flap, least-squares"
  })
  void everySelectorGoesWithEveryCompensation(String selector, String compensation)
      throws IOException {
    work.recipe("r.yaml", selector, compensation);
    Outcome outcome = work.run("run @/r.yaml --quiet");
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.OK);
    assertThat(files()).containsExactlyElementsOf(expected(selector));
    checkPlan(object("out/plan.json"));
    checkReport(object("out/report.json"), selector, compensation);
    assertThat(work.read("out/report.md")).startsWith("# fnprune report: m\n");
    assertThat(work.read("out/report.html")).startsWith("<!DOCTYPE html>").contains("<h1>m</h1>");
    assertThat(work.read("out/slim/README.md")).contains("# m, slimmed\n");
    assertThat(object("out/results.json").getAsJsonObject("results").keySet())
        .containsExactly("words");
  }

  @Test
  void pruneNeedsNoDatasetWhereNothingLooksAtActivations() throws IOException {
    Outcome outcome =
        work.run(
            "prune @/m --selector random --compensate none --sparsity 0.5 --round-to 4"
                + " --latency false --output @/out");
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.OK);
    assertThat(files())
        .containsExactlyInAnyOrder(
            "plan.json",
            "recipe.lock.yaml",
            "report.html",
            "report.json",
            "report.md",
            "results.dense.json",
            "results.json",
            "slim/README.md",
            "slim/config.json",
            "slim/fnprune.json",
            "slim/model.onnx",
            "slim/tokenizer.json",
            "structure.json");
    checkPlan(object("out/plan.json"));
    assertThat(validate(work.read("out/report.json"))).isEmpty();
    assertThat(outcome.out()).contains("Slim model: " + work.path("out/slim"));
  }

  @Test
  void latencyIsReportedForEveryBatchSize() throws IOException {
    work.recipe("r.yaml", "random", "none");
    work.write(
        "r.yaml",
        work.read("r.yaml").replace("latency: false", "latency: {batch_sizes: [1, 2], runs: 2}"));
    assertThat(work.run("run @/r.yaml").code()).isEqualTo(ExitCode.OK);
    assertThat(object("out/report.json").getAsJsonArray("latency")).hasSize(2);
    assertThat(validate(work.read("out/report.json"))).isEmpty();
  }

  @Test
  void theSchemaFindsWhatIsMissing() {
    assertThat(validate("{\"schema\": 1}")).isNotEmpty();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(work.path("out"))) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> work.path("out").relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  private static List<String> expected(String selector) {
    TreeSet<String> files =
        new TreeSet<>(
            List.of(
                "moments/held-out/layers.0.ffn.gram.npy",
                "moments/held-out/layers.0.ffn.sum.npy",
                "moments/held-out/layers.1.ffn.gram.npy",
                "moments/held-out/layers.1.ffn.sum.npy",
                "moments/held-out/moments.json",
                "moments/layers.0.ffn.gram.npy",
                "moments/layers.0.ffn.sum.npy",
                "moments/layers.1.ffn.gram.npy",
                "moments/layers.1.ffn.sum.npy",
                "moments/moments.json",
                "plan.json",
                "recipe.lock.yaml",
                "report.html",
                "report.json",
                "report.md",
                "results.dense.json",
                "results.json",
                "slim/README.md",
                "slim/config.json",
                "slim/fnprune.json",
                "slim/model.onnx",
                "slim/tokenizer.json",
                "structure.json"));
    if (selector.equals("functional-networks")) {
      files.addAll(
          List.of(
              "networks/drivers.json",
              "networks/layers.0.ffn.maps.npy",
              "networks/layers.1.ffn.maps.npy",
              "networks/networks.json"));
    }
    return List.copyOf(files);
  }

  private static void checkPlan(JsonObject plan) {
    assertThat(plan.keySet()).containsExactly("schema", "units");
    assertThat(plan.get("schema").getAsInt()).isEqualTo(1);
    assertThat(plan.getAsJsonArray("units")).hasSize(2);
    int layer = 0;
    for (JsonElement element : plan.getAsJsonArray("units")) {
      JsonObject unit = element.getAsJsonObject();
      assertThat(unit.keySet())
          .containsExactlyInAnyOrder(
              "id", "kind", "layer", "activation", "axis", "width", "unit_size", "kept");
      assertThat(unit.get("id").getAsString()).isEqualTo("layers." + layer + ".ffn");
      assertThat(unit.get("layer").getAsInt()).isEqualTo(layer);
      assertThat(unit.get("activation").getAsString()).isEqualTo("layers." + layer + ".act");
      assertThat(unit.get("width").getAsInt()).isEqualTo(16);
      assertThat(unit.get("unit_size").getAsInt()).isEqualTo(1);
      List<Integer> kept = integers(unit.getAsJsonArray("kept"));
      assertThat(kept).hasSize(8).isSorted().doesNotHaveDuplicates().allMatch(i -> i < 16);
      layer++;
    }
  }

  private static List<Integer> integers(JsonArray array) {
    return array.asList().stream().map(JsonElement::getAsInt).toList();
  }

  private static void checkReport(JsonObject report, String selector, String compensation) {
    assertThat(validate(report.toString())).isEmpty();
    assertThat(report.get("sparsity").getAsDouble()).isEqualTo(0.5);
    assertThat(report.getAsJsonArray("networks"))
        .hasSize(selector.equals("functional-networks") ? 2 : 0);
    assertThat(report.getAsJsonObject("selection").get("by_networks").getAsBoolean())
        .isEqualTo(selector.equals("functional-networks"));
    assertThat(report.getAsJsonObject("equivalence").get("passed").getAsBoolean()).isTrue();
    JsonObject unit = report.getAsJsonArray("units").get(0).getAsJsonObject();
    String got = unit.get("compensation").getAsString();
    assertThat(unit.get("ridge").isJsonNull()).isEqualTo(!got.equals("least-squares"));
    assertThat(got)
        .isIn(
            switch (compensation) {
              case "none" -> List.of("none");
              case "bias" -> List.of("none", "bias");
              default -> List.of("none", "bias", "least-squares");
            });
    JsonObject task = report.getAsJsonArray("tasks").get(0).getAsJsonObject();
    assertThat(task.get("name").getAsString()).isEqualTo("words");
    assertThat(task.get("n").getAsInt()).isEqualTo(24);
  }

  private JsonObject object(String name) {
    return JsonParser.parseString(work.read(name)).getAsJsonObject();
  }
}
