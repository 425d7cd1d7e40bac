package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the flags for datasets come to in a run, its report and its lock. */
class DatasetFlagsTest {

  @TempDir Path folder;
  private Workplace work;

  @BeforeEach
  void makeWorkplace() throws IOException {
    work = new Workplace(folder);
    work.recipe("r.yaml", "flap", "bias");
  }

  private JsonObject data(int index) {
    return JsonParser.parseString(work.read("out/report.json"))
        .getAsJsonObject()
        .getAsJsonArray("data")
        .get(index)
        .getAsJsonObject();
  }

  @Test
  void badRowsStopAndAreCountedWhereTheyAreSkipped() {
    work.write("bad.jsonl", work.read("text.jsonl") + "not json\n{\"txt\": 1}\n");
    String line = "run @/r.yaml --calibration @/bad.jsonl";
    work.refuses(line, "@/bad.jsonl:25: not valid JSON", "write one");
    assertThat(work.succeeds(line + " --skip-bad-rows").err())
        .contains(
            "2 bad rows were skipped; first " + work.path("bad.jsonl:25") + ": not valid JSON");
    String path = work.path("bad.jsonl").toString();
    JsonObject file = data(0).get("path").getAsString().equals(path) ? data(0) : data(1);
    assertThat(file.get("path").getAsString()).isEqualTo(path);
    assertThat(file.get("rows").getAsInt()).isEqualTo(24);
    assertThat(file.get("skipped").getAsInt()).isEqualTo(2);
    assertThat(work.read("out/report.json")).contains("2 bad rows were skipped");
    assertThat(work.read("out/recipe.lock.yaml")).contains("\nskip_bad_rows: true\n");
  }

  @Test
  void badRowsOfTasksAreSkippedToo() {
    work.write("text.jsonl", work.read("text.jsonl") + "not json\n");
    work.refuses("eval @/m --task @/lm.yaml", "@/text.jsonl:25: not valid JSON", "write one");
    for (String command : new String[] {"eval @/m", "compare @/m @/m --latency false"}) {
      assertThat(work.succeeds(command + " --task @/lm.yaml --skip-bad-rows").err())
          .contains("1 bad row was skipped");
    }
  }

  @Test
  void anotherSampleIsAnotherRun() {
    work.succeeds("run @/r.yaml --num-samples 10");
    String first = work.read("out/moments/moments.json");
    assertThat(work.run("run @/r.yaml --num-samples 10 --sampling random").err())
        .contains("calibration.sampling was first, is random");
    work.succeeds("run @/r.yaml --num-samples 10 --sampling random --force");
    assertThat(work.read("out/moments/moments.json")).isNotEqualTo(first);
    work.refuses(
        "run @/r.yaml --sampling rand",
        "--sampling rand: is not known; allowed: first, random",
        "did you mean 'random'?");
  }

  @Test
  void compressedTextIsTheSameText() throws IOException {
    work.succeeds("run @/r.yaml");
    String plain = work.read("out/plan.json");
    try (GZIPOutputStream out =
        new GZIPOutputStream(Files.newOutputStream(work.path("text.jsonl.gz")))) {
      Files.copy(work.path("text.jsonl"), out);
    }
    work.succeeds("run @/r.yaml --calibration @/text.jsonl.gz --force");
    assertThat(work.read("out/plan.json")).isEqualTo(plain);
  }
}
