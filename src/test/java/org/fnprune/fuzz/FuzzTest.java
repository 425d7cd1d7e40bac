package org.fnprune.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.fnprune.common.UsageException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Damaged inputs are refused as documented, or read. What once broke a reader is in the resources
 * {@code broken/<target>}; a new crash file goes there.
 *
 * <p>A long run: {@code mvn -B test -Dtest=FuzzTest -Dfnprune.fuzz.minutes=5}, minutes for each
 * target, with {@code -Dfnprune.fuzz.targets=NPY,RECIPE} for some of them. It keeps what it finds
 * in {@code target/fuzz} and goes on from there the next time; {@code target/fuzz/RESULTS.md} sums
 * up.
 */
class FuzzTest {

  private static final String MINUTES = "fnprune.fuzz.minutes";
  private static final Path LONG_RUNS = Path.of("target", "fuzz");

  /** Inputs of the short run, those to start from included. */
  private static final int RUNS = 1000;

  @TempDir Path folder;

  @AfterAll
  static void sumUp() throws IOException {
    if (System.getProperty(MINUTES) != null) {
      FuzzSummary.write(LONG_RUNS);
    }
  }

  static Stream<Path> broken() throws IOException {
    List<Path> all = new ArrayList<>();
    for (Targets target : Targets.values()) {
      all.addAll(target.broken());
    }
    return all.stream();
  }

  static Stream<Targets> wanted() {
    String names = System.getProperty("fnprune.fuzz.targets", "");
    return names.isEmpty()
        ? Stream.of(Targets.values())
        : Arrays.stream(names.split(",")).map(n -> Targets.valueOf(n.toUpperCase(Locale.ROOT)));
  }

  @ParameterizedTest
  @EnumSource(Targets.class)
  @DisabledIfSystemProperty(named = MINUTES, matches = ".*")
  void goodInputsAreReadAndNotRefused(Targets target) throws Exception {
    int read = 0;
    for (byte[] seed : target.target().seeds()) {
      try {
        target.target().read(seed, folder);
        read++;
      } catch (UsageException e) {
        // Some seeds are there to be refused.
      }
    }
    assertThat(read).isPositive();
  }

  /** What broke a reader once is refused or read now, in good time. */
  @ParameterizedTest
  @MethodSource("broken")
  @Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whatBrokeAReaderOnceDoesNotAgain(Path input) throws Exception {
    String target = String.valueOf(input.getName(input.getNameCount() - 2));
    Targets.valueOf(target.toUpperCase(Locale.ROOT))
        .target()
        .run(Files.readAllBytes(input), folder);
  }

  /** Some thousand inputs that coverage leads to, from a fixed seed. */
  @Test
  @DisabledIfSystemProperty(named = MINUTES, matches = ".*")
  void aShortGuidedRunBreaksNothing() throws Exception {
    JazzerRun.Result result = new JazzerRun(null, folder).run(List.of("-runs=" + RUNS, "-seed=1"));
    requireNothingBroken(result, folder);
    assertThat(result.executions()).isGreaterThanOrEqualTo(RUNS);
  }

  @ParameterizedTest
  @MethodSource("wanted")
  @EnabledIfSystemProperty(named = MINUTES, matches = "[0-9]+")
  void aLongGuidedRunBreaksNothing(Targets target) throws Exception {
    Path own = Files.createDirectories(LONG_RUNS.resolve(target.name()).toAbsolutePath());
    long seconds = 60 * Long.getLong(MINUTES, 1);
    JazzerRun.Result result = new JazzerRun(target, own).run(List.of("-max_total_time=" + seconds));
    FuzzSummary.add(own, target, result);
    requireNothingBroken(result, own);
  }

  private static void requireNothingBroken(JazzerRun.Result result, Path folder)
      throws IOException {
    for (Path crash : result.crashes()) {
      assertThat(crash)
          .as(
              "input in Base64: %s; what it broke:%n%s",
              Base64.getEncoder().encodeToString(Files.readAllBytes(crash)),
              Files.readString(folder.resolve(JazzerRun.LOG)))
          .doesNotExist();
    }
    assertThat(result.exitCode()).as(Files.readString(folder.resolve(JazzerRun.LOG))).isZero();
  }
}
