package org.fnprune.cli;

import org.apache.commons.cli.Options;
import org.fnprune.Pipeline;
import org.fnprune.recipe.Recipe;
import org.fnprune.report.ReportJson;
import org.fnprune.report.RunReport;
import org.fnprune.report.TerminalReport;

/** What {@code run} and {@code prune} share: they run a recipe and print what came of it. */
final class Runs {

  private Runs() {}

  /** All flags that override a recipe, and {@code --force}. */
  static Options options() {
    return RecipeFlags.all()
        .addOption(CommonFlags.flag("force", "start over where the output folder holds a run"));
  }

  static ExitCode run(Recipe recipe, boolean force, Console console) throws Exception {
    RunReport report;
    try (ConsoleListener listener = new ConsoleListener(console)) {
      report = Pipeline.run(recipe, force, listener);
    }
    console.result(TerminalReport.render(report));
    console.result(
        "Slim model: "
            + recipe.output().resolve("slim")
            + "\nReport: "
            + recipe.output().resolve("report.md"));
    console.resultJson(ReportJson.of(report));
    return report.gate().passed() ? ExitCode.OK : ExitCode.GATE;
  }
}
