package org.fnprune.cli;

import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.fnprune.common.UsageException;

/** Reads what is left of a command line when flags are taken off. */
final class Arguments {

  private Arguments() {}

  /** The one positional argument of a command. */
  static String single(CommandLine line, String what, String command) {
    List<String> rest = line.getArgList();
    if (rest.size() != 1) {
      throw new UsageException(
          rest.isEmpty()
              ? command + " needs " + what
              : command
                  + " takes one "
                  + what
                  + ", but there are also "
                  + rest.subList(1, rest.size()),
          "see 'fnprune " + command + " --help'");
    }
    return rest.get(0);
  }
}
