package org.fnprune.cli;

import java.nio.file.Path;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.fnprune.Lesion;
import org.fnprune.Preview;
import org.fnprune.recipe.LesionOptions;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.RecipeReader;
import org.fnprune.report.LesionFiles;
import org.fnprune.report.LesionReport;
import org.fnprune.report.LesionText;

/** {@code lesion RECIPE}: tasks with networks, and as many random neurons, masked. */
final class LesionCommand implements Command {

  @Override
  public String name() {
    return Lesion.COMMAND;
  }

  @Override
  public String arguments() {
    return "RECIPE [flags]";
  }

  @Override
  public String summary() {
    return "what the model loses when networks, or random neurons, are masked";
  }

  @Override
  public List<String> examples() {
    return List.of(
        "fnprune lesion recipe.yaml",
        "fnprune lesion recipe.yaml --targets ffn_out --components 10 --share 0.02",
        "fnprune lesion recipe.yaml --amplify 2 --draws 10 --output runs/amplified");
  }

  @Override
  public Options options() {
    return Runs.options()
        .addOption(
            CommonFlags.value(
                LesionOptions.AMPLIFY,
                "FACTOR",
                "multiply neurons by this; 0 masks them (default 0)"))
        .addOption(
            CommonFlags.value(
                LesionOptions.SHARE,
                "R",
                "of all neurons in the union of supports, where the threshold is auto\n"
                    + "(default 0.02)"))
        .addOption(CommonFlags.value(LesionOptions.DRAWS, "N", "of random neurons (default 3)"))
        .addOption(
            CommonFlags.value(
                LesionOptions.RANDOM_SHARE,
                "R",
                "of all neurons, for the larger random lesions (default 0.15)"));
  }

  @Override
  public ExitCode run(CommandLine line, Console console) throws Exception {
    Path file = Path.of(Arguments.single(line, "RECIPE", name()));
    Recipe recipe = RecipeReader.read(file, RecipeFlags.read(line));
    LesionOptions options = LesionOptions.read(line::getOptionValue, recipe.networks().threshold());
    boolean force = line.hasOption("force");
    LesionReport report;
    try (ConsoleListener listener = new ConsoleListener(console)) {
      if (line.hasOption("dry-run")) {
        PreviewText.print(Preview.ofMasks(recipe, name(), force, listener), console);
        return ExitCode.OK;
      }
      report = Lesion.run(recipe, options, force, listener);
    }
    console.result(LesionText.render(report));
    console.result("Results: " + recipe.output().resolve(name()).resolve("lesion.{csv,json,svg}"));
    console.resultJson(LesionFiles.json(report));
    return ExitCode.OK;
  }
}
