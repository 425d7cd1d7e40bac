package org.fnprune.cli;

import java.util.List;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.fnprune.common.DidYouMean;
import org.fnprune.common.UsageException;

/** {@code completion SHELL}: a script that completes commands and flags. */
final class CompletionCommand implements Command {

  private static final List<String> SHELLS = List.of("bash", "zsh", "fish");

  @Override
  public String name() {
    return "completion";
  }

  @Override
  public String arguments() {
    return "SHELL";
  }

  @Override
  public String summary() {
    return "prints a script that completes commands and flags in bash, zsh or fish";
  }

  @Override
  public List<String> examples() {
    return List.of(
        "fnprune completion bash > ~/.local/share/bash-completion/completions/fnprune",
        "fnprune completion zsh >> ~/.zshrc",
        "fnprune completion fish > ~/.config/fish/completions/fnprune.fish");
  }

  @Override
  public Options options() {
    return new Options();
  }

  @Override
  public ExitCode run(CommandLine line, Console console) {
    String shell = Arguments.single(line, "SHELL", name());
    String script =
        switch (shell) {
          case "bash" -> CompletionScript.bash(Main.COMMANDS);
          case "zsh" -> CompletionScript.zsh(Main.COMMANDS);
          case "fish" -> CompletionScript.fish(Main.COMMANDS);
          default ->
              throw new UsageException(
                  "unknown shell '" + shell + "'; known: " + String.join(", ", SHELLS),
                  DidYouMean.help(shell, SHELLS, "choose one of these"));
        };
    console.result(script);
    console.resultJson(Map.of("shell", shell, "script", script));
    return ExitCode.OK;
  }
}
