package org.fnprune.cli;

import java.io.PrintStream;
import java.util.List;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** Prints help. */
final class Help {

  private Help() {}

  static void overview(PrintStream out, List<Command> commands) {
    out.println(
        "fnprune makes trained ONNX transformers smaller for the task they will be used for.");
    out.println();
    out.println("usage: java -jar fnprune.jar COMMAND [arguments] [flags]");
    out.println();
    for (Command command : commands) {
      out.printf("  %-8s %-20s %s%n", command.name(), command.arguments(), command.summary());
    }
    out.println();
    out.println("'fnprune COMMAND --help' says more about one; --version prints the version.");
    out.println("Exit codes: 0 done, 1 failed, 2 wrong usage or input, 3 quality gate missed.");
  }

  static void command(PrintStream out, Command command, Options options) {
    out.println("usage: fnprune " + command.name() + " " + command.arguments());
    out.println();
    out.println(command.summary());
    out.println();
    for (Option option : options.getOptions()) {
      String value = option.hasArg() ? " " + option.getArgName() : "";
      out.printf("  --%-28s %s%n", option.getLongOpt() + value, option.getDescription());
    }
    out.println();
    out.println("example: " + command.examples());
  }
}
