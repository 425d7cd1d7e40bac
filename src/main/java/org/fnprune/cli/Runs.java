package org.fnprune.cli;

import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.fnprune.Pipeline;
import org.fnprune.Preview;
import org.fnprune.recipe.Recipe;
import org.fnprune.report.ReportJson;
import org.fnprune.report.RunReport;
import org.fnprune.report.TerminalReport;

/** What {@code run} and {@code prune} share: they run a recipe and print what came of it. */
final class Runs {

  private Runs() {}

  /** All flags that override a recipe, {@code --force} and {@code --dry-run}. */
  static Options options() {
    return RecipeFlags.all()
        .addOption(CommonFlags.flag("force", "start over where the output folder is in use"))
        .addOption(
            CommonFlags.flag("dry-run", "check everything, say what would be done, write nothing"));
  }

  static ExitCode run(Recipe recipe, CommandLine line, Console console) throws Exception {
    boolean force = line.hasOption("force");
    if (line.hasOption("dry-run")) {
      try (ConsoleListener listener = new ConsoleListener(console)) {
        PreviewText.print(Preview.ofRun(recipe, force, listener), console);
      }
      return ExitCode.OK;
    }
    RunReport report;
    try (ConsoleListener listener = new ConsoleListener(console)) {
      report = Pipeline.run(recipe, force, console.command(), listener);
    }
    console.result(TerminalReport.render(report));
    console.result(
        "Slim model: "
            + recipe.output().resolve("slim")
            + "\nReport: "
            + recipe.output().resolve("report.html"));
    console.resultJson(ReportJson.of(report));
    return report.gate().passed() ? ExitCode.OK : ExitCode.GATE;
  }
}
