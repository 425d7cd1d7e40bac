package org.fnprune.cli;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.commons.cli.Option;

/** Scripts for shells, made from the commands and their flags. */
final class CompletionScript {

  private CompletionScript() {}

  /** Words for the command; then, where a word begins with a dash, its flags, else files. */
  static String bash(List<Command> commands) {
    StringBuilder flags = new StringBuilder();
    for (Command command : commands) {
      flags.append(
          String.format(
              Locale.ROOT,
              "    %s) words=\"%s\" ;;%n",
              command.name(),
              options(command).stream()
                  .map(option -> "--" + option.getLongOpt())
                  .collect(Collectors.joining(" "))));
    }
    return """
        _fnprune() {
          local word="${COMP_WORDS[COMP_CWORD]}" words=""
          COMPREPLY=()
          if [[ $COMP_CWORD -eq 1 ]]; then
            COMPREPLY=($(compgen -W "COMMANDS help --help --version" -- "$word"))
            return
          fi
          case "${COMP_WORDS[1]}" in
        FLAGS    help) words="COMMANDS"; COMPREPLY=($(compgen -W "$words" -- "$word")); return ;;
          esac
          if [[ $word == -* ]]; then
            COMPREPLY=($(compgen -W "$words" -- "$word"))
          else
            compopt -o filenames 2>/dev/null
            COMPREPLY=($(compgen -f -- "$word"))
          fi
        }
        complete -F _fnprune fnprune
        """
        .replace("COMMANDS", commands.stream().map(Command::name).collect(Collectors.joining(" ")))
        .replace("FLAGS", flags);
  }

  /** The same script: zsh can run it. */
  static String zsh(List<Command> commands) {
    return "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n"
        + bash(commands).replace("    compopt -o filenames 2>/dev/null\n", "");
  }

  static String fish(List<Command> commands) {
    StringBuilder script = new StringBuilder();
    for (Command command : commands) {
      script.append(
          String.format(
              Locale.ROOT,
              "complete -c fnprune -n __fish_use_subcommand -f -a %s -d %s%n",
              command.name(),
              quoted(command.summary())));
    }
    for (Command command : commands) {
      for (Option option : options(command)) {
        script.append(
            String.format(
                Locale.ROOT,
                "complete -c fnprune -n '__fish_seen_subcommand_from %s' -l %s%s -d %s%n",
                command.name(),
                option.getLongOpt(),
                option.hasArg() ? " -r" : "",
                quoted(option.getDescription().replace('\n', ' '))));
      }
    }
    return script.toString();
  }

  private static List<Option> options(Command command) {
    return List.copyOf(CommonFlags.addTo(command.options()).getOptions());
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
