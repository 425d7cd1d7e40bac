package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.fnprune.data.DatasetReader;
import org.fnprune.data.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepTest {

  @TempDir private Path folder;
  private Workplace work;

  @BeforeEach
  void prepare() throws IOException {
    work = new Workplace(folder);
    work.recipe("r.yaml", "random", "none");
  }

  @Test
  void everySelectorIsMeasuredAtEverySparsityWithAsManyNeurons() {
    JsonObject json = json("sweep @/r.yaml --networks 2,4 --sparsities 0.25,0.5 --json");
    Set<String> selectors = new LinkedHashSet<>();
    for (JsonObject choice : objects(json, "selectors")) {
      selectors.add(choice.get("selector").getAsString());
      double sparsity = choice.get("sparsity").getAsDouble();
      assertThat(choice.get("neurons").getAsInt()).isEqualTo((int) (32 * (1 - sparsity)));
      assertThat(task(choice).get("masked").getAsDouble()).isNotEqualTo(dense(json));
    }
    assertThat(selectors)
        .contains(
            "functional-networks (hybrid)",
            "functional-networks (coverage)",
            "functional-networks (union)",
            "random",
            "magnitude",
            "wanda-sp",
            "flap",
            "obs");
    assertThat(objects(json, "selectors")).hasSize(2 * selectors.size());
  }

  @Test
  void withAllNeuronsThatEverFireLeftTheModelIsTheDenseOne() {
    JsonObject json =
        json("sweep @/r.yaml --networks 8 --threshold z:0.000001 --sparsities 0.5 --json");
    JsonObject all = objects(json, "networks").get(0);
    assertThat(all.get("share").getAsDouble()).isGreaterThan(0.8);
    assertThat(task(all).get("delta").getAsDouble()).isZero();
  }

  @Test
  void fewerNetworksLeaveFewerNeurons() {
    JsonObject json =
        json("sweep @/r.yaml --networks 1,4,12 --threshold z:1 --sparsities 0.5 --json");
    List<Integer> left =
        objects(json, "networks").stream().map(n -> n.get("neurons").getAsInt()).toList();
    assertThat(left).hasSize(3).isSorted().doesNotHaveDuplicates();
    assertThat(left.get(2)).isLessThanOrEqualTo(32);
    for (JsonObject networks : objects(json, "networks")) {
      assertThat(networks.getAsJsonArray("random")).hasSameSizeAs(networks.getAsJsonArray("tasks"));
    }
  }

  @Test
  void numbersThatNoUnitIsWideEnoughForAreLeftOutUnlessAskedFor() {
    JsonObject json = json("sweep @/r.yaml --sparsities 0.5 --json");
    assertThat(objects(json, "networks").stream().map(n -> n.get("networks").getAsInt()))
        .containsExactly(8, 16);
    work.refuses(
        "sweep @/r.yaml --networks 8,17 --output @/other",
        "--networks 17: the widest unit has 16 neurons",
        "ask for 16 networks at most");
    assertThat(work.path("other")).doesNotExist();
  }

  @Test
  void aSparsityOutOfReachIsLeftOutWithAWarning() {
    work.write(
        "r.yaml", work.read("r.yaml").replace("round_to: 4", "round_to: 4, protect: {first: 1}"));
    Workplace.Outcome outcome =
        work.succeeds("sweep @/r.yaml --networks 2 --sparsities 0.3,0.9 --json");
    assertThat(outcome.err()).contains("warning: sparsity 0.9 is left out: cannot remove ");
    JsonObject json = JsonParser.parseString(outcome.out()).getAsJsonObject();
    assertThat(objects(json, "selectors"))
        .isNotEmpty()
        .allSatisfy(s -> assertThat(s.get("sparsity").getAsDouble()).isEqualTo(0.3));
    assertThat(json.getAsJsonArray("warnings").toString()).contains("sparsity 0.9 is left out");
  }

  @Test
  void tableJsonAndPlotSayTheSame() throws Exception {
    JsonObject json = json("sweep @/r.yaml --networks 2,4 --sparsities 0.5 --json");
    assertThat(json.get("schema").getAsInt()).isEqualTo(1);
    assertThat(JsonParser.parseString(work.read("out/sweep/sweep.json"))).isEqualTo(json);
    List<Row> rows =
        DatasetReader.read(
                work.path("out/sweep/sweep.csv"),
                ImmutableSet.of("sweep", "selector", "neurons", "masked"),
                true,
                0)
            .rows();
    List<JsonObject> selectors = objects(json, "selectors");
    assertThat(rows).hasSize(2 * 2 + selectors.size());
    for (int i = 0; i < selectors.size(); i++) {
      Row row = rows.get(4 + i);
      assertThat(row.get("sweep")).isEqualTo("selector");
      assertThat(row.get("selector")).isEqualTo(selectors.get(i).get("selector").getAsString());
      assertThat(Double.parseDouble(row.get("masked")))
          .isEqualTo(task(selectors.get(i)).get("masked").getAsDouble());
    }
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(
            new ByteArrayInputStream(
                work.read("out/sweep/sweep.svg").getBytes(StandardCharsets.UTF_8)));
    assertThat(work.read("out/sweep/sweep.svg")).contains(">wanda-sp</text>", ">dense</text>");
  }

  @Test
  void theSameSeedGivesTheSameBytes() {
    work.succeeds("sweep @/r.yaml --output @/a --sparsities 0.5 --threads 1");
    work.succeeds("sweep @/r.yaml --output @/b --sparsities 0.5 --threads 1");
    assertThat(work.read("b/sweep/sweep.csv")).isEqualTo(work.read("a/sweep/sweep.csv"));
  }

  @Test
  void theTerminalShowsBothSweeps() {
    assertThat(work.succeeds("sweep @/r.yaml --networks 2,4 --sparsities 0.25,0.5").out())
        .contains("words: perplexity ↓, dense ")
        .containsPattern("(?m)^ *Networks +Neurons left +%")
        .containsPattern("(?m)^Selector at sparsity +0.25 +0.5$")
        .containsPattern("(?m)^wanda-sp +[0-9.]+ +[0-9.]+$")
        .contains("Results: " + work.path("out/sweep/sweep.{csv,json,svg}"));
  }

  @Test
  void wrongListsAreRefused() {
    work.refuses("sweep @/r.yaml --networks ,", "--networks ,: must name at least one", "try");
    work.refuses("sweep @/r.yaml --networks 8,0", "--networks 0: must be a whole number", "raise");
    work.refuses(
        "sweep @/r.yaml --sparsities 0.5,1", "--sparsities 1: must lie between 0 and 1", "try 0.5");
    assertThat(work.path("out")).doesNotExist();
  }

  private JsonObject json(String line) {
    return JsonParser.parseString(work.succeeds(line).out()).getAsJsonObject();
  }

  private static List<JsonObject> objects(JsonObject json, String name) {
    JsonArray array = json.getAsJsonArray(name);
    List<JsonObject> objects = new ArrayList<>();
    for (JsonElement element : array) {
      objects.add(element.getAsJsonObject());
    }
    return objects;
  }

  private static JsonObject task(JsonObject choice) {
    return choice.getAsJsonArray("tasks").get(0).getAsJsonObject();
  }

  private static double dense(JsonObject json) {
    return json.getAsJsonArray("dense").get(0).getAsJsonObject().get("value").getAsDouble();
  }
}
