package org.fnprune.cli;

import java.io.PrintStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** Prints help, in lines of at most 100 columns. */
final class Help {

  private static final int FLAG_WIDTH = 22;

  private Help() {}

  static void overview(PrintStream out, List<Command> commands) {
    out.println("fnprune makes trained ONNX transformers smaller for the task they are used for.");
    out.println();
    out.println("usage: fnprune COMMAND [arguments] [flags]");
    out.println("       where 'fnprune' stands for 'java -jar fnprune.jar'");
    out.println();
    out.println("commands:");
    for (Command command : commands) {
      out.println("  " + pad(command.name(), 12) + command.summary());
    }
    out.println();
    out.println("examples:");
    for (Command command : commands) {
      out.println("  " + command.examples().get(0));
    }
    out.println();
    out.println("'fnprune COMMAND --help' lists a command's flags; --version prints the version.");
    out.println("Results go to stdout, progress, warnings and errors to stderr.");
    out.println(
        "Exit codes: 0 done, 1 failed while running, 2 wrong usage, recipe, model or data,");
    out.println("            3 quality gate missed (slim model and report are written).");
  }

  static void command(PrintStream out, Command command) {
    out.println("fnprune " + command.name() + ": " + command.summary());
    out.println();
    out.println("usage: fnprune " + command.name() + " " + command.arguments());
    out.println();
    out.println(command.examples().size() == 1 ? "example:" : "examples:");
    command.examples().forEach(example -> out.println("  " + example));
    Map<FlagGroup, Options> groups = new EnumMap<>(FlagGroup.class);
    for (Option option : CommonFlags.addTo(command.options()).getOptions()) {
      groups
          .computeIfAbsent(FlagGroup.of(option.getLongOpt()), group -> new Options())
          .addOption(option);
    }
    groups.forEach(
        (group, options) -> {
          out.println();
          out.println(group.title() + ":");
          options.getOptions().forEach(option -> out.println(line(option)));
        });
  }

  private static String line(Option option) {
    String value = option.hasArg() ? " " + option.getArgName() : "";
    String indent = "\n" + " ".repeat(FLAG_WIDTH + 2);
    return "  "
        + pad("--" + option.getLongOpt() + value, FLAG_WIDTH)
        + option.getDescription().replace("\n", indent);
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }
}
