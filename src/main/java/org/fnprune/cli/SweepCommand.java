package org.fnprune.cli;

import java.nio.file.Path;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.fnprune.Preview;
import org.fnprune.Sweep;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.RecipeReader;
import org.fnprune.recipe.SweepOptions;
import org.fnprune.report.SweepFiles;
import org.fnprune.report.SweepReport;
import org.fnprune.report.SweepText;

/** {@code sweep RECIPE}: tasks with few neurons left, by number of networks and by selector. */
final class SweepCommand implements Command {

  @Override
  public String name() {
    return Sweep.COMMAND;
  }

  @Override
  public String arguments() {
    return "RECIPE [flags]";
  }

  @Override
  public String summary() {
    return "what the model can do with few networks, or few neurons, left";
  }

  @Override
  public List<String> examples() {
    return List.of(
        "fnprune sweep recipe.yaml",
        "fnprune sweep recipe.yaml --networks 10,64,128 --sparsities 0.5,0.7,0.9",
        "fnprune sweep recipe.yaml --targets heads --allocation global --output runs/heads");
  }

  @Override
  public Options options() {
    return Runs.options()
        .addOption(
            CommonFlags.value(
                SweepOptions.NETWORKS,
                "K,K",
                "numbers of networks per unit whose key neurons are left\n"
                    + "(default 8,16,32,64,128, as far as units are wide enough)"))
        .addOption(
            CommonFlags.value(
                SweepOptions.SPARSITIES,
                "R,R",
                "shares of the targets' parameters to mask, by every selector\n"
                    + "(default 0.1,0.3,0.5,0.7,0.9)"));
  }

  @Override
  public ExitCode run(CommandLine line, Console console) throws Exception {
    Path file = Path.of(Arguments.single(line, "RECIPE", name()));
    Recipe recipe = RecipeReader.read(file, RecipeFlags.read(line));
    SweepOptions options = SweepOptions.read(line::getOptionValue);
    boolean force = line.hasOption("force");
    SweepReport report;
    try (ConsoleListener listener = new ConsoleListener(console)) {
      if (line.hasOption("dry-run")) {
        PreviewText.print(Preview.ofMasks(recipe, name(), force, listener), console);
        return ExitCode.OK;
      }
      report = Sweep.run(recipe, options, force, listener);
    }
    console.result(SweepText.render(report));
    console.result("Results: " + recipe.output().resolve(name()).resolve("sweep.{csv,json,svg}"));
    console.resultJson(SweepFiles.json(report));
    return ExitCode.OK;
  }
}
