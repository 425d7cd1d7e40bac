package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code completion SHELL}. */
class CompletionTest {

  @TempDir private Path folder;
  private Workplace work;

  @BeforeEach
  void prepare() throws IOException {
    work = new Workplace(folder);
  }

  @Test
  void everyCommandAndFlagIsInEveryScript() {
    for (String shell : new String[] {"bash", "zsh", "fish"}) {
      String script = work.succeeds("completion " + shell).out();
      for (Command command : Main.COMMANDS) {
        assertThat(script).contains(command.name());
      }
      RecipeFlags.all()
          .getOptions()
          .forEach(option -> assertThat(script).contains(option.getLongOpt()));
    }
  }

  @Test
  void bashCompletesCommandsAndFlags() throws Exception {
    work.write("fnprune.bash", work.succeeds("completion bash").out());
    assertThat(completed("fnprune compa")).isEqualTo("compare");
    assertThat(completed("fnprune run recipe.yaml --sparsi")).isEqualTo("--sparsity");
    assertThat(completed("fnprune inspect --sparsi")).isEmpty();
    assertThat(completed("fnprune help lesi")).isEqualTo("lesion");
  }

  private String completed(String line) throws Exception {
    Process bash;
    try {
      bash =
          new ProcessBuilder(
                  "bash",
                  "-c",
                  "source fnprune.bash; COMP_WORDS=("
                      + line
                      + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _fnprune;"
                      + " echo \"${COMPREPLY[@]}\"")
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      Assumptions.abort("there is no bash here: " + e.getMessage());
      return "";
    }
    String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).isZero();
    return out.strip();
  }
}
