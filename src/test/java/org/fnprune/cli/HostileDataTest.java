package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.fnprune.cli.Workplace.Outcome;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hostile data files: exit code 2, one error, one help, and nothing written. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileDataTest {

  @TempDir private Path folder;

  static List<HostileData.Case> cases() {
    return HostileData.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isRefused(HostileData.Case hostile) throws IOException {
    Workplace work = new Workplace(folder);
    hostile.maker().write(folder);
    Outcome outcome = work.run(hostile.line());
    assertThat(outcome.err().lines().filter(line -> line.startsWith("error: ")))
        .as(outcome.err())
        .singleElement()
        .asString()
        .contains(hostile.expected().replace("@", folder.toString()));
    assertThat(outcome.err().lines().filter(line -> line.startsWith("help: "))).hasSize(1);
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.USAGE);
    assertThat(work.path("out")).doesNotExist();
  }
}
