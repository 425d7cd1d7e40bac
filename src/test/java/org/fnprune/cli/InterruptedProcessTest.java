package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.common.collect.ImmutableList;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.fnprune.Pipeline;
import org.fnprune.recipe.Recipe;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real processes that are told to stop, or killed, while they run. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class InterruptedProcessTest {

  private static final String HERE = "here";

  @TempDir private Path folder;

  /** Runs a recipe as the tool does and waits for its end when a stage starts. */
  static final class Waiting implements Pipeline.Listener {

    private final String stage;

    private Waiting(String stage) {
      this.stage = stage;
    }

    /**
     * @param args recipe, stage
     */
    public static void main(String[] args) throws IOException {
      Interruption.watch(System.err);
      Pipeline.run(
          Recipe.read(Path.of(args[0])), false, ImmutableList.of("run"), new Waiting(args[1]));
    }

    @Override
    public void start(String name, long total, String unit) {
      if (name.equals(stage)) {
        System.out.println(HERE);
        try {
          TimeUnit.DAYS.sleep(1);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "INT, 130, capture",
    "TERM, 143, networks",
    "TERM, 143, slim tasks",
    "KILL, 137, capture",
    "KILL, 137, slim tasks"
  })
  void theNextRunGoesOn(String signal, int exit, String stage) throws Exception {
    assumeThat(signal.equals("INT") && ignoresInterrupts()).isFalse();
    Workplace work = new Workplace(folder);
    work.recipe("r.yaml", "functional-networks", "least-squares");
    work.succeeds("run @/r.yaml --output @/undisturbed");
    Process process = start(work.path("r.yaml"), stage);
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
      assertThat(out.readLine()).isEqualTo(HERE);
      // The lock is the operating system's: it keeps out another process as well.
      work.refuses(
          "run @/r.yaml",
          "output '@/out' is being written by another run (process " + process.pid() + ")",
          "wait for it, stop it");
      assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start())
          .satisfies(kill -> assertThat(kill.waitFor()).isZero());
      assertThat(process.waitFor()).isEqualTo(exit);
      List<String> said = err.lines().toList();
      if (!signal.equals("KILL")) {
        assertThat(said).contains("interrupted; run the same command again to go on");
      }
    }
    work.succeeds("run @/r.yaml");
    assertThat(work.files("out")).isEqualTo(work.files("undisturbed"));
    for (String file : List.of("plan.json", "slim/model.onnx", "networks/networks.json")) {
      assertThat(work.path("out/" + file))
          .hasSameBinaryContentAs(work.path("undisturbed/" + file));
    }
  }

  private static Process start(Path recipe, String stage) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Waiting.class.getName(),
            recipe.toString(),
            stage)
        .start();
  }

  /** Processes in the background of a shell are made to; so are those that they start. */
  private static boolean ignoresInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return false;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
        .anyMatch(mask -> (mask & 2) != 0);
  }
}
