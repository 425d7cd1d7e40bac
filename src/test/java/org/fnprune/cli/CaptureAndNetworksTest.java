package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.fnprune.cli.Workplace.Outcome;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Npy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code capture}, {@code merge}, {@code networks RECIPE} and {@code --dry-run}. */
class CaptureAndNetworksTest {

  private static final String GRAM = "layers.1.ffn.gram.npy";

  @TempDir private Path folder;
  private Workplace work;

  @BeforeEach
  void prepare() throws IOException {
    work = new Workplace(folder);
    work.recipe("r.yaml", "functional-networks", "least-squares");
  }

  @Test
  void shardsMergedAreOneCapture() throws IOException {
    work.succeeds("capture @/r.yaml --output @/all");
    for (int i = 1; i <= 3; i++) {
      work.succeeds("capture @/r.yaml --shard " + i + "/3 --output @/shards/" + i);
    }
    Outcome outcome = work.succeeds("merge @/shards/3 @/shards/1 @/shards/2 --output @/sum");
    assertThat(outcome.out())
        .containsPattern("layers\\.0\\.ffn +16 +190 +all products")
        .endsWith("Merged: " + work.path("sum") + "\n");
    Matrix all = Npy.read(work.path("all/" + GRAM));
    Matrix sum = Npy.read(work.path("sum/" + GRAM));
    assertThat(largest(sum.minus(all))).isLessThan(1e-3);
    assertThat(index("sum").get("tokens")).isEqualTo(index("all").get("tokens"));
    assertThat(index("shards/1").get("tokens").getAsLong()).isLessThan(190);
  }

  /** With a ridge that is given: moments hold nothing out to choose it by. */
  @Test
  void aRunOfCapturedMomentsIsTheRunOfTheirText() throws IOException {
    work.succeeds("run @/r.yaml --ridge 0.01");
    work.succeeds("capture @/r.yaml --output @/moments");
    work.succeeds("run @/r.yaml --ridge 0.01 --moments @/moments --output @/again");
    assertThat(work.path("again/plan.json")).hasSameBinaryContentAs(work.path("out/plan.json"));
    assertThat(work.path("again/slim/model.onnx"))
        .hasSameBinaryContentAs(work.path("out/slim/model.onnx"));
    assertThat(work.path("again/moments")).doesNotExist();
    work.succeeds("run @/r.yaml --ridge 0.01 --moments @/out/moments --output @/third");
    assertThat(work.path("third/plan.json")).hasSameBinaryContentAs(work.path("out/plan.json"));
  }

  @Test
  void momentsOfAnotherModelOrNoneAreRefused() throws IOException {
    work.succeeds("capture @/r.yaml --output @/moments");
    TinyModels.classifier(work.path("m"));
    work.refuses(
        "run @/r.yaml --moments @/moments",
        "the moments in @/moments were captured of another model",
        "capture again, or name the folder");
    work.refuses("run @/r.yaml --moments @/gone", "@/gone holds no finished capture", "give the");
    work.refuses(
        "merge @/moments @/gone --output @/sum", "@/gone holds no finished capture", "give the");
    work.succeeds("capture @/r.yaml --output @/other");
    work.refuses(
        "merge @/moments @/other --output @/sum",
        "captures cannot be merged: they are of different models",
        "merge captures that were made of one model");
    assertThat(work.path("sum")).doesNotExist();
    assertThat(work.path("out")).doesNotExist();
  }

  @Test
  void networksIsARunThatStopsThereAndCanGoOn() throws IOException {
    Outcome outcome = work.succeeds("networks @/r.yaml");
    assertThat(outcome.out())
        .containsPattern("Unit +Neurons +Networks +Asked +Iterations +Converged +Stability")
        .containsPattern("layers\\.0\\.ffn +16 +3 +3 +\\d+ +(yes|no) +[0-9.–]+")
        .endsWith("Networks: " + work.path("out/networks") + "\n");
    assertThat(work.files("out"))
        .contains("networks/layers.1.ffn.maps.npy", "networks/networks.json", "structure.json")
        .contains("moments/" + GRAM, "recipe.lock.yaml")
        .doesNotContain("plan.json", "report.json");
    byte[] maps = Files.readAllBytes(work.path("out/networks/layers.1.ffn.maps.npy"));
    assertThat(work.succeeds("run @/r.yaml").err()).contains("resumed").doesNotContain("capture:");
    assertThat(work.path("out/networks/layers.1.ffn.maps.npy")).hasBinaryContent(maps);
    work.refuses(
        "networks @/r.yaml", "output '@/out' holds a finished run of this recipe", "add --f");
  }

  @Test
  void jsonIsTheIndexOfTheFolder() {
    assertThat(json("networks @/r.yaml --json"))
        .isEqualTo(JsonParser.parseString(work.read("out/networks/networks.json")));
    assertThat(json("capture @/r.yaml --output @/moments --json")).isEqualTo(index("moments"));
    assertThat(json("merge @/moments @/out/moments --output @/sum --json")).isEqualTo(index("sum"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--method temporal-ica",
        "--source ffn-out",
        "--source activation-and-up",
        "--method temporal-ica --source ffn-out",
        "--components auto",
        "--groups 3",
        "--groups 3 --grouping separate --method temporal-ica",
        "--groups dataset --calibration @/text.jsonl --calibration @/more.jsonl",
        "--groups field:kind --calibration @/kinds.jsonl",
        "--memory 1MiB --threads 1",
        "--algorithm deflation --keep centrotypes --threshold fdr:0.05"
      })
  void everyWayOfFindingNetworksRuns(String flags) throws IOException {
    work.write("more.jsonl", work.read("text.jsonl"));
    work.write(
        "kinds.jsonl",
        work.read("text.jsonl").replace("}", ", \"kind\": \"a\"}")
            + work.read("text.jsonl").replace("}", ", \"kind\": \"b\"}"));
    work.succeeds("networks @/r.yaml " + flags);
    Matrix maps = Npy.read(work.path("out/networks/layers.0.ffn.maps.npy"));
    assertThat(maps.cols()).isEqualTo(flags.contains("ffn-out") ? 8 : 16);
    assertThat(maps.rows()).isPositive();
  }

  @Test
  void groupsAreCapturedApartAndAddUp() throws IOException {
    work.succeeds("networks @/r.yaml --groups 2");
    work.succeeds("networks @/r.yaml --output @/whole");
    Matrix first = Npy.read(work.path("out/moments/group-1/" + GRAM));
    Matrix second = Npy.read(work.path("out/moments/group-2/" + GRAM));
    Matrix all = Npy.read(work.path("out/moments/" + GRAM));
    assertThat(first.plus(second)).isEqualTo(all);
    assertThat(largest(all.minus(Npy.read(work.path("whole/moments/" + GRAM))))).isLessThan(1e-3);
    assertThat(work.succeeds("networks @/r.yaml --groups 2").err()).contains("resumed");
    Files.delete(work.path("out/moments/group-2/moments.json"));
    assertThat(work.succeeds("networks @/r.yaml --groups 2").err()).doesNotContain("resumed");
  }

  /** What networks alone need is less than what a run needs. */
  @Test
  void aRunGoesOnFromNetworksOfAnotherSource() {
    work.succeeds("networks @/r.yaml --source activation-and-up");
    work.succeeds("run @/r.yaml --source activation-and-up");
  }

  @Test
  void anInterruptedRunGoesOnWithOtherThreadsAndMemory() {
    work.succeeds("networks @/r.yaml --threads 1");
    assertThat(work.succeeds("run @/r.yaml --threads 2 --memory 1GiB").err()).contains("resumed");
    assertThat(work.read("out/recipe.lock.yaml")).contains("threads: 2\nmemory: 1073741824\n");
  }

  @Test
  void aRunIsRefusedWhereItsNetworksAreNotOfItsNeurons() {
    work.refuses(
        "run @/r.yaml --source ffn-out",
        "networks.source ffn-out finds networks over what the down projections write",
        "use source activation or activation-and-up, another selector, or the command networks");
    work.succeeds("run @/r.yaml --source activation-and-up --threshold ratio:1 --form union");
  }

  @Test
  void aCaptureIsReplacedOnlyByForceAndOnlyItself() throws IOException {
    work.succeeds("capture @/r.yaml --output @/moments");
    work.write("moments/notes.txt", "mine");
    String line = "capture @/r.yaml --shard 1/2 --output @/moments";
    work.refuses(line, "output '@/moments' holds an earlier result", "add --force to replace it");
    work.succeeds(line + " --force");
    assertThat(work.path("moments/notes.txt")).hasContent("mine");
    assertThat(index("moments").get("tokens").getAsLong()).isLessThan(190);
    Files.createDirectory(work.path("mine"));
    work.write("mine/precious.txt", "x");
    work.refuses(
        "capture @/r.yaml --output @/mine --force", "output '@/mine' is a folder with", "choose");
    work.refuses(
        "capture @/r.yaml --output @/m/x", "output '@/m/x' overlaps the model folder", "choo");
  }

  @Test
  void whatDrivesNetworksIsTextOfTheCalibration() throws IOException {
    work.succeeds("networks @/r.yaml --components 3");
    JsonObject drivers =
        JsonParser.parseString(work.read("out/networks/drivers.json")).getAsJsonObject();
    assertThat(drivers.keySet()).containsExactly("layers.0.ffn", "layers.1.ffn");
    JsonArray networks = drivers.getAsJsonArray("layers.0.ffn");
    assertThat(networks).hasSize(3);
    String text = work.read("text.jsonl");
    for (JsonElement network : networks) {
      JsonArray texts = network.getAsJsonObject().getAsJsonArray("texts");
      assertThat(texts).isNotEmpty();
      for (JsonElement excerpt : texts) {
        StringBuilder words = new StringBuilder();
        excerpt
            .getAsJsonObject()
            .getAsJsonArray("tokens")
            .forEach(token -> words.append(token.getAsString()));
        assertThat(text).contains(words);
      }
    }
    // They are gone with the networks, and are not made where there is no text.
    work.succeeds("capture @/r.yaml --output @/moments");
    work.succeeds("networks @/r.yaml --moments @/moments --output @/blind");
    assertThat(work.path("blind/networks/networks.json")).exists();
    assertThat(work.path("blind/networks/drivers.json")).doesNotExist();
  }

  @Test
  void aDryRunOfARunSaysWhatItWouldTake() {
    Outcome outcome = work.succeeds("run @/r.yaml --groups 2 --dry-run");
    assertThat(outcome.out())
        .contains("Text: 24 samples, 190 tokens in 2 batches\n")
        .containsPattern("group 1: 12 samples, \\d+ tokens in 1 batch\n")
        .contains("Capture, of each group: 1 pass over the text, at most ")
        .containsPattern("layers\\.1\\.ffn +1 +ffn +16 +272\n")
        .contains("  method: spatial-ica\n")
        .containsPattern("Time: about \\d+ s to capture \\(one batch was timed\\)\n")
        .contains("Removes about 272 parameters: 544 (66.7%) stay, in about ");
    assertThat(work.path("out")).doesNotExist();
  }

  @Test
  void aDryRunInJsonIsOneDocument() {
    JsonObject run = json("run @/r.yaml --dry-run --json");
    assertThat(run.get("dry_run").getAsBoolean()).isTrue();
    assertThat(run.getAsJsonObject("prune").get("parameters_removed").getAsInt()).isEqualTo(272);
    JsonObject capture = run.getAsJsonObject("capture");
    assertThat(capture.get("tokens").getAsInt()).isEqualTo(190);
    assertThat(capture.get("seconds").getAsDouble()).isPositive();
    JsonArray passes = capture.getAsJsonArray("passes");
    assertThat(passes).hasSize(1);
    assertThat(passes.get(0).getAsJsonObject().getAsJsonArray("moments")).hasSize(2);
    assertThat(capture.get("memory_needed"))
        .isEqualTo(passes.get(0).getAsJsonObject().get("bytes"));
    JsonObject less = json("capture @/r.yaml --shard 1/2 --output @/x --dry-run --json");
    assertThat(less.getAsJsonObject("capture").get("samples").getAsInt()).isEqualTo(12);
    assertThat(less.get("prune").isJsonNull()).isTrue();
    assertThat(json("networks @/r.yaml --dry-run --json").get("networks").getAsBoolean()).isTrue();
    JsonObject blind =
        json(
            "prune @/m --output @/x --sparsity 0.5 --selector random --compensate none"
                + " --dry-run --json");
    assertThat(blind.get("capture").isJsonNull()).isTrue();
    assertThat(blind.get("networks").getAsBoolean()).isFalse();
    assertThat(work.path("x")).doesNotExist();
    assertThat(work.path("out")).doesNotExist();
  }

  @Test
  void aDryRunIsRefusedWhereTheRunWouldBe() {
    work.succeeds("run @/r.yaml");
    work.refuses("run @/r.yaml --dry-run", "output '@/out' holds a finished run", "add --force");
    assertThat(work.succeeds("run @/r.yaml --dry-run --force").out()).startsWith("Dry run: ");
    assertThat(work.path("out/report.json")).exists();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          capture                                  | capture needs a RECIPE | write: fnprune capture RECIPE
          capture @/r.yaml                         | capture needs a folder for the moments | add --output DIR
          capture @/r.yaml --output @/x --shard 3/2 | --shard '3/2': the shard's number must lie | write 1/4
          capture @/r.yaml --output @/x --shard 2  | --shard '2': must be I/N, two whole numbers | write 1/4
          capture @/r.yaml --output @/x --shard 1/25 | --shard 1/25: there are only 24 samples | make at most 24 shards
          capture @/r.yaml --output @/x --moments @/y | there is no calibration text to capture, only moments in | give --calibration FILE
          merge                                    | merge needs two or more moments folders, but there are none | write: fnprune merge
          merge @/a --output @/x                   | merge needs two or more moments folders, but there is one | write: fnprune merge
          merge @/a @/b                            | --output is missing | add --output DIR
          merge @/a @/x --output @/x               | output '@/x' is one of the folders to be merged | choose another
          networks @/r.yaml --groups 13            | groups 13: 24 calibration samples are too few | set groups to 12 or less
          networks @/r.yaml --memory 4             | --memory 4: is too little; allowed: at least | write 4GiB
          networks @/r.yaml --memory lots          | --memory lots: must be a number of bytes or a size | write 4GiB
          networks @/r.yaml --groups field:kind    | @/text.jsonl:1: row has no field 'kind' | name the field
          run @/r.yaml --source up                 | --source up: is not known; allowed: activation, | choose one of these
          """)
  void wrongWordsAreNamed(String line, String error, String help) {
    work.refuses(line, error, help);
    assertThat(work.path("x")).doesNotExist();
    assertThat(work.path("out")).doesNotExist();
  }

  @Test
  void aLinkToAFolderToBeMergedIsThatFolder() throws IOException {
    Files.createDirectory(work.path("a"));
    Files.createSymbolicLink(work.path("x"), work.path("a"));
    work.refuses(
        "merge @/a @/b --output @/x --force",
        "output '@/x' is one of the folders to be merged",
        "choose another");
  }

  /** A row of 16 signals is 64 bytes, and three copies of 8192 are more than a mebibyte. */
  @Test
  void aMemoryLimitThatIsTooLowIsRefusedAndNamesWhatIsNeeded() {
    work.write("long.jsonl", ("{\"text\": \"" + "a ".repeat(40) + "\"}\n").repeat(256));
    work.refuses(
        "capture @/r.yaml --output @/x --calibration @/long.jsonl --max-seq-length 32"
            + " --batch-size 256 --memory 1MiB",
        "capturing 'layers.0.ffn' (16 wide) needs at least 1.5",
        "raise --memory (and the Java heap with it), or lower --batch-size");
    assertThat(work.path("x")).doesNotExist();
  }

  @Test
  void withoutTextOrMomentsThereIsNothingToFind() {
    work.recipe("r.yaml", "random", "none");
    work.write("r.yaml", work.read("r.yaml").replace("calibration: {dataset: text.jsonl}\n", ""));
    work.refuses(
        "networks @/r.yaml", "calibration text is missing: there is nothing", "give --cal");
    work.refuses(
        "capture @/r.yaml --output @/x", "calibration text is missing: there is", "give --c");
  }

  private JsonObject index(String name) {
    return JsonParser.parseString(work.read(name + "/moments.json")).getAsJsonObject();
  }

  private JsonObject json(String line) {
    return JsonParser.parseString(work.succeeds(line).out()).getAsJsonObject();
  }

  private static double largest(Matrix matrix) {
    return Arrays.stream(matrix.toArray()).map(Math::abs).max().orElse(0);
  }
}
