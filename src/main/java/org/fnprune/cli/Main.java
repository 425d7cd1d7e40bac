package org.fnprune.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;
import org.fnprune.Version;
import org.fnprune.common.DidYouMean;
import org.fnprune.common.UsageException;

/** Parses the command line, dispatches on its first word and turns errors into exit codes. */
public final class Main {

  static final List<Command> COMMANDS =
      List.of(new RunCommand(), new PruneCommand(), new InspectCommand(), new EvalCommand());

  private Main() {}

  /** Runs the tool and ends the process with its exit code. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    System.exit(run(args, out, err).code());
  }

  /** Runs one command line. Never throws. */
  static ExitCode run(String[] args, PrintStream out, PrintStream err) {
    boolean verbose = Arrays.asList(args).contains("--verbose");
    try {
      return dispatch(args, out, err);
    } catch (UsageException e) {
      Errors.print(err, e, verbose);
      return ExitCode.USAGE;
    } catch (Exception | LinkageError | OutOfMemoryError e) {
      Errors.printFailure(err, e, verbose);
      return ExitCode.FAILED;
    }
  }

  private static ExitCode dispatch(String[] args, PrintStream out, PrintStream err)
      throws Exception {
    String first = args.length == 0 ? "--help" : args[0];
    switch (first) {
      case "--help", "-h", "help" -> {
        Help.overview(out, COMMANDS);
        return args.length == 0 ? ExitCode.USAGE : ExitCode.OK;
      }
      case "--version" -> {
        out.println("fnprune " + Version.current());
        return ExitCode.OK;
      }
      default -> {}
    }
    Command command =
        COMMANDS.stream()
            .filter(c -> c.name().equals(first))
            .findFirst()
            .orElseThrow(() -> unknownCommand(first));
    Options options = CommonFlags.addTo(command.options());
    List<String> rest = List.of(args).subList(1, args.length);
    if (rest.contains("--help") || rest.contains("-h")) {
      Help.command(out, command, options);
      return ExitCode.OK;
    }
    CommandLine line = parse(command, options, rest);
    return command.run(
        line, new Console(out, err, line.hasOption("json"), line.hasOption("quiet")));
  }

  private static CommandLine parse(Command command, Options options, List<String> args) {
    try {
      return DefaultParser.builder()
          .setAllowPartialMatching(false)
          .get()
          .parse(options, args.toArray(new String[0]));
    } catch (UnrecognizedOptionException e) {
      throw unknownFlag(command, options, e);
    } catch (ParseException e) {
      throw new UsageException(
          String.valueOf(e.getMessage()), "see 'fnprune " + command.name() + " --help'", e);
    }
  }

  private static UsageException unknownCommand(String word) {
    Optional<String> near = DidYouMean.suggest(word, COMMANDS.stream().map(Command::name).toList());
    return new UsageException(
        "unknown command '" + word + "'",
        near.map(n -> "did you mean '" + n + "'?")
            .orElse("commands: " + COMMANDS.stream().map(Command::name).toList()));
  }

  private static UsageException unknownFlag(
      Command command, Options options, UnrecognizedOptionException e) {
    String flag = e.getOption();
    Optional<String> near =
        DidYouMean.suggest(
            flag.replaceFirst("^-+", "").replaceFirst("=.*", ""),
            options.getOptions().stream().map(o -> o.getLongOpt()).toList());
    return new UsageException(
        "unknown flag '" + flag + "' for 'fnprune " + command.name() + "'",
        near.map(n -> "did you mean '--" + n + "'?")
            .orElse("see 'fnprune " + command.name() + " --help'"));
  }
}
