package org.fnprune.cli;

import java.util.List;
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
    return "MODEL --sparsity R --output DIR [--calibration FILE] [flags]";
  }

  @Override
  public String summary() {
    return "makes a model smaller without a recipe; MODEL is a folder or an .onnx file";
  }

  @Override
  public List<String> examples() {
    return List.of(
        "fnprune prune my-model --calibration text.jsonl --sparsity 0.5 --output runs/half",
        "fnprune prune my-model --calibration text.jsonl --sparsity 0.5 --output runs/half \\",
        "    --task task.yaml --max-drop 0.01",
        "fnprune prune model.onnx --selector random --compensate none --sparsity 0.3 --output runs/random");
  }

  @Override
  public Options options() {
    return Runs.options();
  }

  @Override
  public ExitCode run(CommandLine line, Console console) throws Exception {
    String model = Arguments.single(line, "MODEL", name());
    return Runs.run(
        RecipeReader.fromFlags(RecipeFlags.read(line).with(Flag.MODEL, model)), line, console);
  }
}
