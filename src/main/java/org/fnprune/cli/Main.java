package org.fnprune.cli;

import com.google.common.collect.ImmutableList;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.fnprune.Version;
import org.fnprune.common.DidYouMean;
import org.fnprune.common.UsageException;

/** Dispatches on the first word of the command line and turns errors into exit codes. */
public final class Main {

  static final List<Command> COMMANDS =
      List.of(
          new RunCommand(),
          new PruneCommand(),
          new InspectCommand(),
          new NetworksCommand(),
          new CaptureCommand(),
          new MergeCommand(),
          new LesionCommand(),
          new SweepCommand(),
          new EvalCommand(),
          new CompareCommand(),
          new ReportCommand(),
          new CompletionCommand());

  private Main() {}

  /** Runs the tool and ends the process with its exit code. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    Interruption interruption = Interruption.watch(err);
    ExitCode code = run(args, out, err);
    interruption.ended();
    System.exit(code.code());
  }

  /** Runs one command line. Never throws. */
  static ExitCode run(String[] args, PrintStream out, PrintStream err) {
    boolean verbose = Arrays.asList(args).contains("--verbose");
    try {
      return dispatch(args, out, err);
    } catch (UsageException e) {
      Errors.print(err, e, seeHelp(args), verbose);
      return ExitCode.USAGE;
    } catch (Exception | LinkageError | VirtualMachineError e) {
      Errors.printFailure(err, e, verbose);
      return ExitCode.FAILED;
    }
  }

  private static ExitCode dispatch(String[] args, PrintStream out, PrintStream err)
      throws Exception {
    if (args.length == 0) {
      Help.overview(err, COMMANDS);
      throw new UsageException("no command was given", "choose one of those above");
    }
    List<String> rest = List.of(args).subList(1, args.length);
    switch (args[0]) {
      case "--help", "-h", "help" -> {
        help(rest, out);
        return ExitCode.OK;
      }
      case "--version" -> {
        out.println("fnprune " + Version.current());
        return ExitCode.OK;
      }
      default -> {}
    }
    Command command = command(args[0]);
    if (rest.contains("--help") || rest.contains("-h")) {
      Help.command(out, command);
      return ExitCode.OK;
    }
    Options options = CommonFlags.addTo(command.options());
    CommandLine line = Arguments.parse(command, options, rest);
    return command.run(
        line,
        new Console(
            out, err, line.hasOption("json"), line.hasOption("quiet"), ImmutableList.copyOf(args)));
  }

  private static void help(List<String> topics, PrintStream out) {
    if (topics.isEmpty()) {
      Help.overview(out, COMMANDS);
    } else {
      Help.command(out, command(topics.get(0)));
    }
  }

  private static Command command(String word) {
    List<String> names = COMMANDS.stream().map(Command::name).toList();
    int index = names.indexOf(word);
    if (index >= 0) {
      return COMMANDS.get(index);
    }
    String allowed = "; commands: " + String.join(", ", names);
    throw word.startsWith("-")
        ? new UsageException(
            "the command comes before flag '" + word + "'" + allowed,
            "write: fnprune COMMAND … " + word)
        : new UsageException(
            "unknown command '" + word + "'" + allowed,
            DidYouMean.help(word, names, "see 'fnprune --help'"));
  }

  private static String seeHelp(String[] args) {
    return COMMANDS.stream()
        .map(Command::name)
        .filter(name -> args.length > 0 && name.equals(args[0]))
        .findFirst()
        .map(name -> "see 'fnprune " + name + " --help'")
        .orElse("see 'fnprune --help'");
  }
}
