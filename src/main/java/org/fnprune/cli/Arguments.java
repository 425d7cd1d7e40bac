package org.fnprune.cli;

import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;
import org.fnprune.common.DidYouMean;
import org.fnprune.common.UsageException;

/** Reads what follows the command's name: flags, in full only, and one positional argument. */
final class Arguments {

  private Arguments() {}

  /**
   * Parses flags and arguments.
   *
   * @throws UsageException for a flag that is unknown, shortened or lacks its value
   */
  static CommandLine parse(Command command, Options options, List<String> args) {
    try {
      return DefaultParser.builder()
          .setAllowPartialMatching(false)
          .get()
          .parse(options, args.toArray(new String[0]));
    } catch (UnrecognizedOptionException e) {
      throw unknownFlag(command, options, e.getOption());
    } catch (MissingArgumentException e) {
      Option option = e.getOption();
      throw new UsageException(
          "flag '--" + option.getLongOpt() + "' needs a value",
          "write --" + option.getLongOpt() + " " + option.getArgName());
    } catch (ParseException e) {
      throw new UsageException(String.valueOf(e.getMessage()), seeHelp(command), e);
    }
  }

  /** The one positional argument of a command. */
  static String single(CommandLine line, String what, String command) {
    List<String> rest = line.getArgList();
    if (rest.isEmpty()) {
      throw new UsageException(
          command + " needs a " + what, "write: fnprune " + command + " " + what + " …");
    }
    if (rest.size() > 1) {
      throw new UsageException(
          command
              + " takes one "
              + what
              + ", but there are "
              + rest.size()
              + ": "
              + String.join(", ", rest),
          "keep one; quote a path that has blanks");
    }
    return rest.get(0);
  }

  /** The two positional arguments of a command, such as {@code DENSE SLIM}. */
  static List<String> pair(CommandLine line, String what, String command) {
    List<String> rest = line.getArgList();
    if (rest.size() != 2) {
      throw new UsageException(
          command
              + " takes "
              + what
              + ", but "
              + (rest.isEmpty() ? "nothing was given" : "there is " + String.join(", ", rest)),
          "write: fnprune " + command + " " + what + " …");
    }
    return rest;
  }

  private static UsageException unknownFlag(Command command, Options options, String flag) {
    String name = flag.replaceFirst("^-+", "").replaceFirst("=.*", "");
    if (flag.contains("=") && options.hasLongOption(name)) {
      return new UsageException("flag '--" + name + "' takes no value", "write --" + name);
    }
    List<String> names = options.getOptions().stream().map(Option::getLongOpt).toList();
    return new UsageException(
        "unknown flag '" + flag + "' for 'fnprune " + command.name() + "'",
        DidYouMean.suggest(name, names)
            .map(near -> "did you mean '--" + near + "'?")
            .orElse(seeHelp(command)));
  }

  private static String seeHelp(Command command) {
    return "see 'fnprune " + command.name() + " --help'";
  }
}
