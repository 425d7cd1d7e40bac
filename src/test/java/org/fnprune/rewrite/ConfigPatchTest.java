package org.fnprune.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.ImmutableIntArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fnprune.model.ModelFolder;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigPatchTest {

  @TempDir Path folder;

  @BeforeEach
  void model() throws IOException {
    Files.createFile(folder.resolve("model.onnx"));
  }

  /** A plan for layers of 64 neurons that keep {@code kept}. */
  private static PruningPlan plan(int... kept) {
    return new PruningPlan(
        IntStream.range(0, kept.length)
            .mapToObj(
                i ->
                    new UnitPlan(
                        "layers." + i + ".ffn",
                        "ffn",
                        i,
                        "h" + i,
                        -1,
                        64,
                        1,
                        ImmutableIntArray.copyOf(IntStream.range(0, kept[i]))))
            .toList());
  }

  private Map<Path, String> files(String config, PruningPlan plan) throws IOException {
    Files.writeString(folder.resolve("config.json"), config, StandardCharsets.UTF_8);
    return ConfigPatch.of(ModelFolder.open(folder), plan).files();
  }

  private static JsonObject json(Map<Path, String> files, String name) {
    return JsonParser.parseString(Objects.requireNonNull(files.get(Path.of(name))))
        .getAsJsonObject();
  }

  @ParameterizedTest
  @ValueSource(strings = {"intermediate_size", "n_inner", "ffn_dim", "hidden_dim", "d_ff"})
  void oneWidthForAllLayersIsWritten(String key) throws IOException {
    Map<Path, String> files = files("{\"" + key + "\": 64, \"x\": [1, null]}", plan(24, 24));
    JsonObject config = json(files, "config.json");
    assertThat(config.get(key).getAsInt()).isEqualTo(24);
    assertThat(config.get("x")).hasToString("[1,null]");
  }

  @Test
  void widthsThatDifferAreInOurOwnFileOnly() throws IOException {
    Map<Path, String> files = files("{\"intermediate_size\": 64}", plan(24, 32));
    assertThat(files).containsOnlyKeys(Path.of("fnprune.json"));
    assertThat(json(files, "fnprune.json").getAsJsonArray("units"))
        .extracting(u -> u.getAsJsonObject().get("width").getAsInt())
        .containsExactly(24, 32);
  }

  @Test
  void ourOwnFileIsAlwaysWritten() throws IOException {
    JsonObject own = json(files("{\"intermediate_size\": 64}", plan(24)), "fnprune.json");
    assertThat(own.get("schema").getAsInt()).isEqualTo(1);
    assertThat(own.getAsJsonArray("units").get(0))
        .hasToString(
            "{\"id\":\"layers.0.ffn\",\"kind\":\"ffn\",\"layer\":0,\"width_before\":64,\"width\":24,\"unit_size\":1}");
  }

  @Test
  void withoutConfigurationOnlyOurFileIsWritten() {
    assertThat(ConfigPatch.of(ModelFolder.open(folder), plan(24)).files())
        .containsOnlyKeys(Path.of("fnprune.json"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"n_inner\": null, \"n_embd\": 16} | true",
        "{\"n_inner\": null, \"n_embd\": 17} | false",
        "{\"n_inner\": null} | false",
        "{\"n_inner\": null, \"n_embd\": null} | false",
        "{\"n_inner\": null, \"n_embd\": \"16\"} | false",
        "{\"intermediate_size\": null, \"n_embd\": 16} | false",
        "{\"intermediate_size\": 65} | false",
        "{\"intermediate_size\": \"64\"} | false",
        "{\"intermediate_size\": [64]} | false",
        "{} | false",
        "{\"hidden_dim\": 65, \"d_ff\": 64} | true"
      })
  void onlyANumberThatWasTheWidthIsChanged(String config, boolean changed) throws IOException {
    assertThat(files(config, plan(24, 24)).containsKey(Path.of("config.json"))).isEqualTo(changed);
  }

  /** The third layer could not be pruned and keeps its 64 neurons. */
  @ParameterizedTest
  @ValueSource(strings = {"num_hidden_layers", "n_layer", "num_layers", "n_layers"})
  void aLayerThatIsNotInThePlanKeepsTheConfiguration(String key) throws IOException {
    String config = "{\"intermediate_size\": 64, \"" + key + "\": 3}";
    assertThat(files(config, plan(24, 24))).doesNotContainKey(Path.of("config.json"));
    assertThat(files(config, plan(24, 24, 24))).containsKey(Path.of("config.json"));
  }

  @Test
  void theConfigurationAboveAnOnnxFolderIsPatchedInPlace() throws IOException {
    Files.delete(folder.resolve("model.onnx"));
    Files.createDirectory(folder.resolve("onnx"));
    Files.createFile(folder.resolve("onnx/model.onnx"));
    assertThat(files("{\"intermediate_size\": 64}", plan(24)))
        .containsOnlyKeys(Path.of("config.json"), Path.of("fnprune.json"));
  }

  /** A plan for layers of 4 units of 32 positions that keep {@code kept}. */
  private static PruningPlan attention(String kind, int... kept) {
    return new PruningPlan(
        IntStream.range(0, kept.length)
            .mapToObj(
                i ->
                    new UnitPlan(
                        "layers." + i + "." + kind,
                        kind,
                        i,
                        "a" + i,
                        -1,
                        4,
                        32,
                        ImmutableIntArray.copyOf(IntStream.range(0, kept[i]))))
            .toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'n_head': 4} | {'n_head':3,'head_dim':32}",
        "{'num_attention_heads': 4, 'num_key_value_heads': 4}"
            + " | {'num_attention_heads':3,'num_key_value_heads':3,'head_dim':32}",
        "{'num_heads': 4, 'd_kv': 32} | {'num_heads':3,'d_kv':32}",
        "{'n_heads': 4, 'head_dim': 32} | {'n_heads':3,'head_dim':32}"
      })
  void headsOfAllLayersAreCounted(String before, String after) throws IOException {
    String config = before.replace('\'', '"');
    assertThat(json(files(config, attention("heads", 3, 3)), "config.json"))
        .hasToString(after.replace('\'', '"'));
  }

  /** Two query heads of 16 positions read each KV head. */
  @Test
  void aGroupGoesWithItsQueryHeads() throws IOException {
    String config = "{\"num_attention_heads\": 8, \"num_key_value_heads\": 4}";
    assertThat(json(files(config, attention("kv_groups", 1, 1)), "config.json"))
        .hasToString("{\"num_attention_heads\":2,\"num_key_value_heads\":1,\"head_dim\":16}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"num_attention_heads\": 5}",
        "{\"num_attention_heads\": null}",
        "{\"num_attention_heads\": 4, \"num_hidden_layers\": 3}"
      })
  void headsThatTheConfigurationDoesNotCountAreSaid(String config) throws IOException {
    Files.writeString(folder.resolve("config.json"), config, StandardCharsets.UTF_8);
    ConfigPatch patch = ConfigPatch.of(ModelFolder.open(folder), attention("heads", 3, 3));
    assertThat(patch.files()).containsOnlyKeys(Path.of("fnprune.json"));
    assertThat(patch.warnings())
        .singleElement()
        .asString()
        .contains("config.json still counts the dense model's heads", "fnprune.json");
  }

  @Test
  void layersThatKeepUnequalNumbersOfHeadsAreSaid() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{\"n_head\": 4}", StandardCharsets.UTF_8);
    ConfigPatch patch = ConfigPatch.of(ModelFolder.open(folder), attention("heads", 3, 2));
    assertThat(patch.files()).doesNotContainKey(Path.of("config.json"));
    assertThat(patch.warnings()).hasSize(1);
    assertThat(ConfigPatch.of(ModelFolder.open(folder), plan(24, 32)).warnings()).isEmpty();
  }

  @Test
  void neuronsAndHeadsAreCountedEachForItself() throws IOException {
    PruningPlan both =
        new PruningPlan(
            Stream.of(plan(24, 32), attention("heads", 2, 2))
                .flatMap(plan -> plan.units().stream())
                .toList());
    String config = "{\"n_head\": 4, \"n_inner\": 64, \"n_layer\": 2}";
    assertThat(json(files(config, both), "config.json"))
        .hasToString("{\"n_head\":2,\"n_inner\":64,\"n_layer\":2,\"head_dim\":32}");
  }

  @Test
  void genAiHasItsOwnCounts() throws IOException {
    Files.writeString(
        folder.resolve("genai_config.json"),
        "{\"model\":{\"decoder\":{\"head_size\":16,\"hidden_size\":64,"
            + "\"num_attention_heads\":8,\"num_hidden_layers\":2,\"num_key_value_heads\":4},"
            + "\"type\":\"llama\"},\"search\":{\"num_beams\":1}}",
        StandardCharsets.UTF_8);
    Map<Path, String> files =
        ConfigPatch.of(ModelFolder.open(folder), attention("kv_groups", 2, 2)).files();
    assertThat(json(files, "genai_config.json"))
        .hasToString(
            "{\"model\":{\"decoder\":{\"head_size\":16,\"hidden_size\":64,"
                + "\"num_attention_heads\":4,\"num_hidden_layers\":2,\"num_key_value_heads\":2},"
                + "\"type\":\"llama\"},\"search\":{\"num_beams\":1}}");
  }
}
