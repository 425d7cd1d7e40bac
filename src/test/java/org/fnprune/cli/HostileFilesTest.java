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

/** What hostile files come to: an error that says what is wrong, and nothing written. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileFilesTest {

  @TempDir private Path folder;

  static List<HostileCase> cases() {
    return HostileCase.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void isRefusedInTwoLines(HostileCase hostile) throws IOException {
    Workplace work = new Workplace(folder);
    hostile.maker().make(folder);
    List<String> before = work.files(".");
    Outcome outcome = work.run(hostile.line());
    if (hostile.isLegal()) {
      assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.OK);
      return;
    }
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err().lines().filter(line -> line.startsWith("error: ")))
        .singleElement()
        .satisfies(
            error -> {
              assertThat(error).contains(hostile.error().replace("@", folder.toString()));
              assertThat(error).hasSizeLessThan(1000);
            });
    assertThat(outcome.err().lines().filter(line -> line.startsWith("help: "))).hasSize(1);
    assertThat(work.files(".")).isEqualTo(before);
    assertThat(work.path("out")).doesNotExist();
  }
}
