package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fnprune.cli.Workplace.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user gets to see who mistyped: two lines, exit code 2, and nothing else. */
class WrongCommandLineTest {

  @TempDir private Path folder;
  private Workplace work;

  @BeforeEach
  void prepare() throws IOException {
    work = new Workplace(folder);
    work.recipe("r.yaml", "random", "none");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          frobnicate        | unknown command 'frobnicate'; commands: run, prune, | see 'fnprune --help'
          prun @/m          | unknown command 'prun'; commands: run, prune, | did you mean 'prune'?
          --json inspect    | the command comes before flag '--json'; | write: fnprune COMMAND … --json
          help inspekt      | unknown command 'inspekt' | did you mean 'inspect'?
          run               | run needs a RECIPE | write: fnprune run RECIPE …
          inspect           | inspect needs a MODEL | write: fnprune inspect MODEL …
          run a.yaml b.yaml | run takes one RECIPE, but there are 2: a.yaml, b.yaml | keep one
          inspect a b c     | inspect takes one MODEL, but there are 3: a, b, c | keep one
          prune @/m --sparsty 0.5 | unknown flag '--sparsty' for 'fnprune prune' | did you mean '--sparsity'?
          prune @/m --spars 0.5   | unknown flag '--spars' for 'fnprune prune' | did you mean '--sparsity'?
          prune @/m --out=x       | unknown flag '--out=x' for 'fnprune prune' | did you mean '--output'?
          inspect @/m --sparsity 1 | unknown flag '--sparsity' for 'fnprune inspect' | see 'fnprune inspect --help'
          inspect -x @/m    | unknown flag '-x' for 'fnprune inspect' | see 'fnprune inspect --help'
          prune @/m --force=yes | flag '--force' takes no value | write --force
          prune @/m --output    | flag '--output' needs a value | write --output DIR
          prune @/m --sparsity 0.5 | --output is missing | add --output DIR
          prune @/m --output @/out | --sparsity is missing | add --sparsity R
          report            | report needs a RUN_DIR | write: fnprune report RUN_DIR …
          report @/no       | @/no is not a folder | name the output folder of 'fnprune run'
          report @/m        | @/m is not the folder of a finished run: it has no report.json | name the output
          eval @/m          | eval needs a task file | add --task FILE
          eval @/m --task @/r.yaml | @/r.yaml is a recipe, not a task file | name a file such as {name: t
          compare           | compare takes DENSE SLIM, but nothing was given | write: fnprune compare DENSE SLIM …
          compare @/m       | compare takes DENSE SLIM, but there is | write: fnprune compare DENSE SLIM …
          compare @/m @/gone | model '@/gone' does not exist | give an .onnx file
          completion        | completion needs a SHELL | write: fnprune completion SHELL …
          completion fsh    | unknown shell 'fsh'; known: bash, zsh, fish | did you mean 'fish'?
          """)
  void wrongWordsAreNamedAndTheRightOnesToo(String line, String error, String help) {
    refuses(line, error, help);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --sparsity 0        | --sparsity 0: must lie between 0 and 1 | try 0.5
          --sparsity 1        | --sparsity 1: must lie between 0 and 1 | try 0.5
          --sparsity 1.5      | --sparsity 1.5: must lie between 0 and 1 | try 0.5
          --sparsity -0.5     | --sparsity -0.5: must lie between 0 and 1 | try 0.5
          --sparsity abc      | --sparsity abc: must be a finite number | write it with a decimal point
          --sparsity 0.5 --parameters 0.5 | --parameters 0.5: cannot be combined with --sparsity 0.5 | keep one
          --sparsity 0.5 --selector wanda | --selector wanda: is not known; allowed: auto, functional-networks, | did you mean 'wanda-sp'?
          --sparsity 0.5 --selector best  | --selector best: is not known; allowed: | choose one of these
          --sparsity 0.5 --targets heads   | model '@/m' has no prunable units of kind heads; it has ffn | set targets to what it has
          --sparsity 0.5 --targets ffn,mlp | --targets mlp: is not known; allowed: ffn, heads, kv_groups, ffn_out | choose one of these
          --sparsity 0.5 --device gpu     | --device gpu: is not known; allowed: auto, cpu, cuda, cuda:N | try auto
          --sparsity 0.5 --device cuda:0  | device 'cuda:0' cannot be used: | build with -Pgpu
          --sparsity 0.5 --seed 1e3       | --seed 1e3: must be a whole number | write it in digits
          --sparsity 0.5 --threads -1     | --threads -1: must be a whole number from 0 | raise it to 0
          --sparsity 0.5 --batch-size 4   | --batch-size 4: does nothing without calibration text | add --calibration FILE
          --sparsity 0.5 --latency maybe  | --latency maybe: must be true or false | write true or false
          --sparsity 0.5 --round-to 500   | cannot remove | lower round_to or protect fewer layers
          --sparsity 0.99 --round-to 4    | cannot remove | lower sparsity to 0.75 or less
          --sparsity 0.001                | nothing would be removed | raise sparsity or lower round_to
          --parameters 0.01               | keeping 0.01 of the model means removing | raise parameters to
          --sparsity 0.5 --selector flap  | calibration text is missing, but selector 'flap' | give --calibration FILE
          --sparsity 0.5 --compensate bias | calibration text is missing, but compensation 'bias' | give --calibration FILE
          """)
  void wrongValuesAreNamedWithWhatIsAllowed(String flags, String error, String help) {
    refuses("prune @/m --output @/out --selector random --compensate none " + flags, error, help);
    assertThat(work.path("out")).doesNotExist();
  }

  @Test
  void noArgumentsGiveTheOverviewOnStderr() {
    Outcome outcome = work.runNothing();
    assertThat(outcome.code()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err())
        .startsWith("fnprune makes")
        .endsWith("error: no command was given\nhelp: choose one of those above\n");
  }

  @Test
  void aTraceIsShownOnlyWhenAskedFor() {
    assertThat(work.run("inspect @/gone").err()).doesNotContain("\tat ");
    assertThat(work.run("inspect @/gone --verbose").err())
        .startsWith("error: model '")
        .contains("\tat org.fnprune.");
  }

  @Test
  void anErrorLeavesStdoutEmptyWithJsonToo() {
    Outcome outcome = work.run("inspect @/gone --json");
    assertThat(outcome.code()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  void oneErrorIsTwoLinesWithQuietToo() throws IOException {
    Files.delete(work.path("m/tokenizer.json"));
    refuses("eval @/m --task @/lm.yaml --quiet", "no tokenizer.json beside", "put the model's");
  }

  private void refuses(String line, String error, String help) {
    Outcome outcome = work.run(line);
    assertThat(outcome.code()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err().lines().toList()).hasSize(2);
    assertThat(outcome.err().lines().toList().get(0))
        .startsWith("error: " + error.replace("@", folder.toString()));
    assertThat(outcome.err().lines().toList().get(1)).startsWith("help: " + help);
  }
}
