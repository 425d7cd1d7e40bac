package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.cli.Option;
import org.fnprune.Version;
import org.fnprune.cli.Workplace.Outcome;
import org.fnprune.recipe.Flag;
import org.fnprune.recipe.Overrides;
import org.fnprune.recipe.RecipeReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {

  private static final Pattern DEFAULT = Pattern.compile("\\(default ([^):]+)[):]");

  @TempDir private Path folder;
  private Workplace work;

  @BeforeEach
  void prepare() throws IOException {
    work = new Workplace(folder);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run",
        "prune",
        "inspect",
        "networks",
        "capture",
        "merge",
        "lesion",
        "sweep",
        "eval",
        "compare",
        "report",
        "completion"
      })
  void everyCommandHasHelpWithinAHundredColumns(String command) {
    Outcome outcome = work.run(command + " --help");
    assertThat(outcome.code()).isEqualTo(ExitCode.OK);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .startsWith("fnprune " + command + ": ")
        .contains("usage: fnprune " + command)
        .containsPattern("(?m)^examples?:$")
        .contains("  fnprune " + command + " ")
        .contains("--json");
    assertThat(outcome.out().lines()).allMatch(line -> line.length() <= 100);
    assertThat(work.run("help " + command).out()).isEqualTo(outcome.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h", "help"})
  void theOverviewNamesEveryCommandAndExitCode(String word) {
    Outcome outcome = work.run(word);
    assertThat(outcome.code()).isEqualTo(ExitCode.OK);
    assertThat(outcome.out())
        .contains(
            "  run ",
            "  prune ",
            "  inspect ",
            "  networks ",
            "  capture ",
            "  merge ",
            "  lesion ",
            "  sweep ",
            "  eval ",
            "  compare ",
            "  report ",
            "  completion ",
            "Exit codes: 0 done, 1 ");
    assertThat(outcome.out().lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void everyExampleParses() {
    for (Command command : Main.COMMANDS) {
      for (String example : command.examples()) {
        assertThat(example).doesNotContain("\n");
        assertThat("fnprune " + command.name() + " ")
            .satisfiesAnyOf(
                start -> assertThat(example).startsWith(start),
                start -> assertThat(example).startsWith("    "));
        Pattern.compile("--[a-z-]+")
            .matcher(example)
            .results()
            .forEach(
                flag ->
                    assertThat(work.run(command.name() + " --help").out())
                        .contains("  " + flag.group()));
      }
    }
  }

  @Test
  void onlyFlagsOfEveryCommandAreGeneral() {
    for (Option option : RecipeFlags.all().getOptions()) {
      assertThat(FlagGroup.of(option.getLongOpt()))
          .as(option.getLongOpt())
          .isNotEqualTo(FlagGroup.GENERAL);
    }
  }

  @Test
  void theDefaultsThatHelpNamesAreTheDefaults() {
    Overrides least =
        Overrides.none()
            .with(Flag.MODEL, "m")
            .with(Flag.OUTPUT, "o")
            .with(Flag.CALIBRATION, "c.txt")
            .with(Flag.RETAIN, "g.txt")
            .with(Flag.SPARSITY, "0.5");
    Overrides spelt = least;
    int count = 0;
    for (Flag flag : Flag.values()) {
      Option option = RecipeFlags.all().getOption(flag.option());
      Matcher matcher = DEFAULT.matcher(option == null ? "" : option.getDescription());
      if (matcher.find()) {
        spelt = spelt.with(flag, matcher.group(1));
        count++;
      }
    }
    assertThat(count).isEqualTo(34);
    assertThat(RecipeReader.fromFlags(spelt)).isEqualTo(RecipeReader.fromFlags(least));
  }

  @Test
  void versionIsOneLine() {
    assertThat(work.run("--version").out()).isEqualTo("fnprune " + Version.current() + "\n");
    assertThat(Version.current()).matches("\\d+\\.\\d+\\.\\d+.*");
  }
}
