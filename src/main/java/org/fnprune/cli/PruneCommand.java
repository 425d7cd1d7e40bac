package org.fnprune.cli;

import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.fnprune.recipe.Flag;
import org.fnprune.recipe.RecipeReader;

/** {@code prune MODEL}: the whole pipeline without a recipe. */
final class PruneCommand implements Command {

  @Override
  public String name() {
    return "prune";
  }

  @Override
  public String arguments() {
    return "MODEL [flags]";
  }

  @Override
  public String summary() {
    return "the same without a recipe; MODEL is a folder or an .onnx file";
  }

  @Override
  public String examples() {
    return "fnprune prune my-model --calibration text.jsonl --sparsity 0.5 --output slim-run";
  }

  @Override
  public Options options() {
    return RecipeFlags.all()
        .addOption(CommonFlags.flag("force", "replace a run that is in the output folder"));
  }

  @Override
  public ExitCode run(CommandLine line, Console console) throws Exception {
    String model = Arguments.single(line, "MODEL", name());
    return Runs.run(
        RecipeReader.fromFlags(RecipeFlags.read(line).with(Flag.MODEL, model)),
        line.hasOption("force"),
        console);
  }
}
