package org.fnprune.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Damaged inputs are refused as documented, or read. Inputs that once broke a reader are in {@code
 * broken/<target>} beside this class; a new crash file goes there.
 */
class FuzzTest {

  /** Enough for every seed of every target, and some thousand inputs made of them. */
  private static final int RUNS = 6000;

  @TempDir Path folder;

  static Stream<Path> broken() throws IOException {
    List<Path> all = new ArrayList<>();
    for (Targets target : Targets.values()) {
      all.addAll(target.broken());
    }
    return all.stream();
  }

  @ParameterizedTest
  @EnumSource(Targets.class)
  void goodInputsAreReadAndNotRefused(Targets target) throws Exception {
    int read = 0;
    for (byte[] seed : target.target().seeds()) {
      target.target().run(seed, folder);
      try {
        target.target().read(seed, folder);
        read++;
      } catch (org.fnprune.common.UsageException e) {
        // Some seeds are there to be refused.
      }
    }
    assertThat(read).isPositive();
  }

  /** What broke a reader once is refused or read now, in good time. */
  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("broken")
  @Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whatBrokeAReaderOnceDoesNotAgain(Path input) throws Exception {
    String target = input.getParent().getFileName().toString();
    for (Targets one : Targets.values()) {
      if (one.name().equalsIgnoreCase(target)) {
        one.target().run(Files.readAllBytes(input), folder);
      }
    }
  }
}
