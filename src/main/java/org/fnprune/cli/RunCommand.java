package org.fnprune.cli;

import java.nio.file.Path;
import java.util.List;
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
    return "makes a model smaller as a recipe says; resumes an unfinished run";
  }

  @Override
  public List<String> examples() {
    return List.of(
        "fnprune run recipe.yaml",
        "fnprune run recipe.yaml --sparsity 0.6 --output runs/sixty",
        "fnprune run recipe.yaml --limit 100 --latency false --force");
  }

  @Override
  public Options options() {
    return Runs.options();
  }

  @Override
  public ExitCode run(CommandLine line, Console console) throws Exception {
    Path recipe = Path.of(Arguments.single(line, "RECIPE", name()));
    return Runs.run(RecipeReader.read(recipe, RecipeFlags.read(line)), line, console);
  }
}
