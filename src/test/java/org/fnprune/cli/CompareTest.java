package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fnprune.cli.Workplace.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code compare DENSE SLIM}. */
class CompareTest {

  @TempDir private Path folder;
  private Workplace work;

  @BeforeEach
  void prepare() throws IOException {
    work = new Workplace(folder);
  }

  private JsonObject json(String line) {
    return JsonParser.parseString(work.succeeds(line + " --json").out()).getAsJsonObject();
  }

  @Test
  void aModelIsEqualToItself() {
    JsonObject same = json("compare @/m @/m/model.onnx --task @/lm.yaml --latency false");
    JsonObject output = same.getAsJsonArray("outputs").get(0).getAsJsonObject();
    assertThat(output.get("name").getAsString()).isEqualTo("logits");
    assertThat(output.get("max_abs_diff").getAsDouble()).isZero();
    assertThat(output.get("cosine").getAsDouble()).isCloseTo(1, within(1e-12));
    assertThat(output.get("top1_agreement").getAsDouble()).isEqualTo(1);
    JsonObject task = same.getAsJsonArray("tasks").get(0).getAsJsonObject();
    assertThat(task.get("delta").getAsDouble()).isZero();
    assertThat(same.getAsJsonArray("latency")).isEmpty();
  }

  @Test
  void whatItMeasuresOfASlimModelIsWhatTheRunMeasured() {
    work.recipe("r.yaml", "magnitude", "none");
    JsonObject run = json("run @/r.yaml");
    JsonObject compared = json("compare @/m @/out/slim --task @/lm.yaml --latency false");
    assertThat(compared.get("tasks")).isEqualTo(run.get("tasks"));
    for (String side : new String[] {"dense", "slim"}) {
      JsonObject one = compared.getAsJsonObject("model").getAsJsonObject(side);
      JsonObject other = run.getAsJsonObject("model").getAsJsonObject(side);
      assertThat(one.get("sha256")).isEqualTo(other.get("sha256"));
      assertThat(one.get("parameters")).isEqualTo(other.get("parameters"));
    }
    JsonObject output = compared.getAsJsonArray("outputs").get(0).getAsJsonObject();
    assertThat(output.get("max_abs_diff").getAsDouble()).isPositive();
    assertThat(output.get("cosine").getAsDouble()).isLessThan(1);
  }

  @Test
  void theGateIsMissedWhereTheSecondModelIsWorse() {
    work.recipe("r.yaml", "magnitude", "none");
    work.succeeds("run @/r.yaml");
    String line = "compare @/m @/out/slim --task @/lm.yaml --latency false --max-drop ";
    Outcome missed = work.run(line + "0.0000001");
    double drop = drop();
    if (drop > 1e-7) {
      assertThat(missed.code()).isEqualTo(ExitCode.GATE);
      assertThat(missed.out()).contains("Gate missed: words: perplexity rose from ");
    }
    // Whichever of the two is worse, one way round is a loss.
    Outcome back =
        work.run("compare @/out/slim @/m --task @/lm.yaml --latency false --max-drop 0.0000001");
    assertThat(missed.code() == ExitCode.GATE).isNotEqualTo(back.code() == ExitCode.GATE);
  }

  private double drop() {
    JsonObject task =
        json("compare @/m @/out/slim --task @/lm.yaml --latency false")
            .getAsJsonArray("tasks")
            .get(0)
            .getAsJsonObject();
    return task.get("slim").getAsDouble() / task.get("dense").getAsDouble() - 1;
  }

  @Test
  void latencyHasIntervalsAndMemory() {
    JsonObject latency = json("compare @/m @/m").getAsJsonArray("latency").get(1).getAsJsonObject();
    double median = latency.get("dense_ms").getAsDouble();
    assertThat(median)
        .isBetween(
            latency.getAsJsonArray("dense_ci_ms").get(0).getAsDouble(),
            latency.getAsJsonArray("dense_ci_ms").get(1).getAsDouble());
    assertThat(latency.get("runs").getAsInt()).isPositive();
    // Some ways to start tests leave a process of its own without a class path.
    boolean measurable =
        Files.isReadable(Path.of("/proc/self/status"))
            && System.getProperty("surefire.real.class.path") != null;
    assertThat(latency.has("dense_peak_bytes")).isEqualTo(latency.has("slim_peak_bytes"));
    assertThat(latency.has("dense_peak_bytes") || !measurable).isTrue();
    if (latency.has("dense_peak_bytes")) {
      assertThat(latency.get("dense_peak_bytes").getAsLong()).isBetween(1L, 1L << 30);
    }
  }

  @Test
  void modelsOfOtherInputsAreRefused() throws IOException {
    TinyModels.classifier(work.path("c"));
    Outcome outcome = work.run("compare @/m @/c --latency false");
    assertThat(outcome.code()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.err())
        .contains("have no output of floats of one shape in common")
        .contains("help: compare two models of one architecture");
  }
}
