package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.collect.ImmutableSet;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.xml.parsers.DocumentBuilderFactory;
import org.fnprune.data.DatasetReader;
import org.fnprune.data.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class LesionTest {

  @TempDir private Path folder;
  private Workplace work;

  @BeforeEach
  void prepare() throws IOException {
    work = new Workplace(folder);
    work.recipe("r.yaml", "random", "none");
  }

  /** A classifier whose answer three neurons carry, and texts of one class each. */
  private void plant() throws IOException {
    TinyModels.planted(work.path("p"));
    Random random = new Random(3);
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      StringBuilder text = new StringBuilder();
      for (int t = 0; t < 5; t++) {
        text.append('w').append(random.nextInt(8) + (i % 2 == 0 ? 8 : 0)).append(' ');
      }
      rows.append("{\"text\": \"").append(text).append("\", \"label\": ").append(i % 2);
      rows.append("}\n");
    }
    work.write("kinds.jsonl", rows.toString());
    work.write("kinds.yaml", "{name: kinds, type: classification, dataset: kinds.jsonl}\n");
    work.write(
        "p.yaml",
        """
        model: p
        output: out
        calibration: {dataset: kinds.jsonl}
        networks: {components: 3, restarts: 3}
        prune: {sparsity: 0.5, selector: random}
        compensate: {method: none}
        verify: {tasks: [kinds.yaml], latency: false}
        """);
  }

  @Test
  void maskingThePlantedNetworkDestroysTheAnswerAndRandomNeuronsDoNot() throws IOException {
    plant();
    JsonObject json = json("lesion @/p.yaml --threshold z:1.5 --random-share 0.25 --json");
    assertThat(json.get("neurons").getAsInt()).isEqualTo(16);
    assertThat(value(json.getAsJsonArray("dense").get(0))).isEqualTo(1);

    JsonObject all = only(json, "all-networks");
    assertThat(masked(all)).isEqualTo(0.5);
    assertThat(pValue(all)).isLessThan(1e-4);
    assertThat(lesions(json, "network")).hasSize(3);
    for (JsonObject network : lesions(json, "network")) {
      boolean planted = network.getAsJsonArray("support").toString().equals("[5,6,7]");
      assertThat(masked(network)).as(network.toString()).isEqualTo(planted ? 0.5 : 1);
    }
    assertThat(lesions(json, "random-as-many"))
        .hasSize(3)
        .allSatisfy(
            random -> {
              assertThat(random.get("neurons")).isEqualTo(all.get("neurons"));
              assertThat(masked(random)).isEqualTo(1);
            });
    assertThat(lesions(json, "random-share"))
        .hasSize(3)
        .allSatisfy(random -> assertThat(random.get("neurons").getAsInt()).isEqualTo(4));
  }

  @Test
  void theTerminalShowsTheNetworkThatCostsSomething() throws IOException {
    plant();
    assertThat(work.succeeds("lesion @/p.yaml --threshold z:1.5").out())
        .startsWith("Neurons are masked; 16 neurons in 1 units.\n")
        .containsPattern("(?m)^none \\(dense\\) +0 +0.0 +1.0000")
        .containsPattern("(?m)^all networks +[0-9]+ +[0-9.]+ +0.5000 +-0.5000")
        .containsPattern("(?m)^random, as many \\(mean of 3\\) +[0-9]+ +[0-9.]+ +1.0000 ")
        .containsPattern("(?m)^layers.0.ffn network [0-2] +3 +18.8 +0.5000")
        .containsOnlyOnce("layers.0.ffn network")
        .contains("3 networks; 0 have no key neurons at this threshold.");
  }

  @Test
  void aMaskedNetworkIsAsOneWhoseOutgoingWeightsAreZero() throws IOException {
    JsonObject json = json("lesion @/r.yaml --share 0.3 --json");
    JsonObject network =
        lesions(json, "network").stream()
            .filter(lesion -> lesion.get("neurons").getAsInt() > 1)
            .findFirst()
            .orElseThrow();
    Files.createDirectories(work.path("z"));
    for (String name : List.of("tokenizer.json", "config.json")) {
      Files.copy(work.path("m").resolve(name), work.path("z").resolve(name));
    }
    ModelProto.Builder model =
        ModelProto.parseFrom(Files.readAllBytes(work.path("m/model.onnx"))).toBuilder();
    String weight = network.get("unit").getAsString().replace(".ffn", ".down.w");
    for (TensorProto.Builder tensor : model.getGraphBuilder().getInitializerBuilderList()) {
      if (tensor.getName().equals(weight)) {
        int columns = (int) tensor.getDims(1);
        for (JsonElement neuron : network.getAsJsonArray("support")) {
          for (int i = 0; i < columns; i++) {
            tensor.setFloatData(neuron.getAsInt() * columns + i, 0);
          }
        }
      }
    }
    Files.write(work.path("z/model.onnx"), model.build().toByteArray());
    JsonObject zeroed = json("eval @/z --task @/lm.yaml --json");
    double expected = value(zeroed.getAsJsonArray("tasks").get(0));
    assertThat(expected).isNotEqualTo(value(json.getAsJsonArray("dense").get(0)));
    assertThat(masked(network)).isCloseTo(expected, within(1e-5 * expected));
  }

  @Test
  void theUnionHoldsTheShareOverAllUnitsAndRandomOnesAsManyOfEveryUnit() {
    JsonObject json = json("lesion @/r.yaml --share 0.25 --draws 2 --json");
    assertThat(only(json, "all-networks").get("neurons").getAsInt()).isEqualTo(8);
    assertThat(lesions(json, "random-as-many"))
        .hasSize(2)
        .allSatisfy(lesion -> assertThat(lesion.get("neurons").getAsInt()).isEqualTo(8));
    assertThat(lesions(json, "network").stream().map(l -> l.get("tau").getAsDouble()).distinct())
        .hasSize(1);
    for (JsonElement random : json.getAsJsonArray("random")) {
      assertThat(random.getAsJsonObject().get("draws").getAsInt()).isEqualTo(2);
    }
  }

  @Test
  void aThresholdOfTheRecipeIsTakenAsItIs() {
    JsonObject json = json("lesion @/r.yaml --threshold z:1.5 --json");
    assertThat(lesions(json, "network"))
        .allSatisfy(lesion -> assertThat(lesion.get("tau").getAsDouble()).isEqualTo(1.5));
    assertThat(json.get("share").isJsonNull()).isTrue();
  }

  @Test
  void theSameSeedGivesTheSameBytesAndAnotherOneOtherDraws() {
    work.succeeds("lesion @/r.yaml --output @/a --threads 1");
    work.succeeds("lesion @/r.yaml --output @/b --threads 1");
    String first = work.read("a/lesion/lesion.csv");
    assertThat(work.read("b/lesion/lesion.csv")).isEqualTo(first);
    assertThat(work.read("b/lesion/lesion.svg")).isEqualTo(work.read("a/lesion/lesion.svg"));
    work.succeeds("lesion @/r.yaml --output @/c --threads 1 --seed 7");
    assertThat(randomRows(work.read("c/lesion/lesion.csv"))).isNotEqualTo(randomRows(first));
  }

  private static List<String> randomRows(String csv) {
    return csv.lines().filter(line -> line.startsWith("random-share")).toList();
  }

  @Test
  void amplifyingIsNotMasking() {
    JsonObject masked = json("lesion @/r.yaml --output @/a --json");
    JsonObject doubled = json("lesion @/r.yaml --output @/b --amplify 2 --json");
    assertThat(doubled.get("factor").getAsDouble()).isEqualTo(2);
    assertThat(masked(only(doubled, "random-share"), 0))
        .isNotEqualTo(masked(only(masked, "random-share"), 0))
        .isNotEqualTo(value(masked.getAsJsonArray("dense").get(0)));
  }

  @Test
  void tableJsonAndPlotSayTheSame() throws Exception {
    JsonObject json = json("lesion @/r.yaml --json");
    assertThat(json.get("schema").getAsInt()).isEqualTo(1);
    assertThat(JsonParser.parseString(work.read("out/lesion/lesion.json"))).isEqualTo(json);
    List<Row> rows =
        DatasetReader.read(
                work.path("out/lesion/lesion.csv"),
                ImmutableSet.of("lesion", "neurons", "masked", "p_value"),
                true,
                0)
            .rows();
    assertThat(rows).hasSameSizeAs(json.getAsJsonArray("lesions"));
    for (int i = 0; i < rows.size(); i++) {
      JsonObject lesion = json.getAsJsonArray("lesions").get(i).getAsJsonObject();
      assertThat(rows.get(i).get("lesion")).isEqualTo(lesion.get("lesion").getAsString());
      assertThat(rows.get(i).get("neurons")).isEqualTo(lesion.get("neurons").getAsString());
      assertThat(Double.parseDouble(rows.get(i).get("masked"))).isEqualTo(masked(lesion));
    }
    Document svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(
                new ByteArrayInputStream(
                    work.read("out/lesion/lesion.svg").getBytes(StandardCharsets.UTF_8)));
    assertThat(svg.getDocumentElement().getAttribute("role")).isEqualTo("img");
    assertThat(svg.getElementsByTagName("title").getLength()).isEqualTo(1);
    assertThat(svg.getElementsByTagName("desc").getLength()).isEqualTo(1);
  }

  @Test
  void runsAndLesionsOfOneRecipeShareItsOutput() {
    work.succeeds("lesion @/r.yaml");
    String lesions = work.read("out/lesion/lesion.json");
    work.succeeds("run @/r.yaml");
    work.succeeds("run @/r.yaml --force");
    assertThat(work.read("out/lesion/lesion.json")).isEqualTo(lesions);
    work.refuses(
        "lesion @/r.yaml",
        "output '@/out/lesion' holds a finished run of this recipe",
        "add --force");
    String report = work.read("out/report.json");
    work.succeeds("lesion @/r.yaml --force --amplify 3");
    assertThat(work.read("out/lesion/lesion.json")).isNotEqualTo(lesions);
    assertThat(work.read("out/report.json")).isEqualTo(report);
  }

  @Test
  void anInterruptedLesionGoesOnWithItsCapture() throws IOException {
    work.succeeds("lesion @/r.yaml");
    String lesions = work.read("out/lesion/lesion.json");
    Files.delete(work.path("out/lesion/lesion.json"));
    assertThat(work.succeeds("lesion @/r.yaml").err())
        .contains("resumed: the capture of the interrupted run is used");
    assertThat(work.read("out/lesion/lesion.json")).isEqualTo(lesions);
  }

  @Test
  void outputsOfTheDownProjectionAreNeuronsToo() {
    JsonObject json = json("lesion @/r.yaml --targets ffn_out --share 0.25 --json");
    assertThat(json.get("neurons").getAsInt()).isEqualTo(16);
    assertThat(only(json, "all-networks").get("neurons").getAsInt()).isEqualTo(4);
    assertThat(masked(only(json, "random-share"), 0))
        .isNotEqualTo(value(json.getAsJsonArray("dense").get(0)));
  }

  @Test
  void aDryRunWritesNothing() {
    JsonObject json = json("lesion @/r.yaml --dry-run --json");
    assertThat(json.get("dry_run").getAsBoolean()).isTrue();
    assertThat(work.path("out")).doesNotExist();
  }

  @Test
  void whatCannotBeLesionedIsRefusedAndLeavesNothing() {
    work.write("no.yaml", work.read("r.yaml").replace("tasks: [lm.yaml], ", ""));
    work.refuses(
        "lesion @/no.yaml", "lesion measures tasks, but the recipe has none", "add --task");
    work.refuses("sweep @/no.yaml", "sweep measures tasks, but the recipe has none", "add --task");
    work.refuses(
        "lesion @/r.yaml --source ffn-out",
        "networks.source ffn-out finds networks over what the down projections write",
        "use source activation or activation-and-up, or target ffn_out");
    work.refuses("lesion @/r.yaml --share 2", "--share 2: must lie between 0 and 1", "try 0.02");
    work.refuses("lesion @/r.yaml --draws 0", "--draws 0: must be a whole number", "raise it");
    work.refuses("lesion @/r.yaml --amplify -1", "--amplify -1: must be 0 or more", "try");
    work.refuses("lesion @/r.yaml --amplify 1", "--amplify 1: changes nothing", "try 0 (masks)");
    work.refuses(
        "lesion @/r.yaml --random-share x",
        "--random-share x: must be a finite number",
        "write it");
    work.refuses(
        "lesion @/r.yaml --share 0.1 --threshold z:2",
        "flag '--share' does nothing with a threshold of its own",
        "leave it out");
    assertThat(work.path("out")).doesNotExist();
  }

  private JsonObject json(String line) {
    return JsonParser.parseString(work.succeeds(line).out()).getAsJsonObject();
  }

  private static List<JsonObject> lesions(JsonObject json, String kind) {
    List<JsonObject> found = new ArrayList<>();
    for (JsonElement lesion : json.getAsJsonArray("lesions")) {
      if (lesion.getAsJsonObject().get("lesion").getAsString().equals(kind)) {
        found.add(lesion.getAsJsonObject());
      }
    }
    return found;
  }

  private static JsonObject only(JsonObject json, String kind) {
    return lesions(json, kind).get(0);
  }

  private static JsonObject task(JsonObject lesion, int metric) {
    return lesion.getAsJsonArray("tasks").get(metric).getAsJsonObject();
  }

  private static double masked(JsonObject lesion) {
    return masked(lesion, 0);
  }

  private static double masked(JsonObject lesion, int metric) {
    return task(lesion, metric).get("masked").getAsDouble();
  }

  private static double pValue(JsonObject lesion) {
    return task(lesion, 0).get("p_value").getAsDouble();
  }

  private static double value(JsonElement task) {
    return task.getAsJsonObject().get("value").getAsDouble();
  }
}
