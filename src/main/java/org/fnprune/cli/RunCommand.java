package org.fnprune.cli;

import java.nio.file.Path;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.fnprune.recipe.RecipeReader;

/** {@code run RECIPE}: the whole pipeline. */
final class RunCommand implements Command {

  @Override
  public String name() {
    return "run";
  }

  @Override
  public String arguments() {
    return "RECIPE [flags]";
  }

  @Override
  public String summary() {
    return "slims a model as a recipe says; resumes an unfinished run";
  }

  @Override
  public String examples() {
    return "fnprune run recipes/polymath-add.yaml --sparsity 0.6 --force";
  }

  @Override
  public Options options() {
    return RecipeFlags.all()
        .addOption(CommonFlags.flag("force", "replace a run that is in the output folder"));
  }

  @Override
  public ExitCode run(CommandLine line, Console console) throws Exception {
    Path recipe = Path.of(Arguments.single(line, "RECIPE", name()));
    return Runs.run(
        RecipeReader.read(recipe, RecipeFlags.read(line)), line.hasOption("force"), console);
  }
}
