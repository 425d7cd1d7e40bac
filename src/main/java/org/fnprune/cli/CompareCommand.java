package org.fnprune.cli;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.fnprune.ModelComparison;
import org.fnprune.recipe.Flag;
import org.fnprune.recipe.RecipeReader;
import org.fnprune.report.ComparisonText;

/** {@code compare DENSE SLIM}: outputs, metrics, size and latency of two models side by side. */
final class CompareCommand implements Command {

  private static final String MODELS = "DENSE SLIM";

  @Override
  public String name() {
    return "compare";
  }

  @Override
  public String arguments() {
    return MODELS + " [--task FILE …] [flags]";
  }

  @Override
  public String summary() {
    return "outputs, metrics, size and latency of two models side by side";
  }

  @Override
  public List<String> examples() {
    return List.of(
        "fnprune compare my-model runs/half/slim --task task.yaml",
        "fnprune compare my-model my-model-int8 --task task.yaml --max-drop 0.01 --json");
  }

  @Override
  public Options options() {
    return RecipeFlags.ofTasks(Flag.MAX_DROP, Flag.LATENCY);
  }

  @Override
  public ExitCode run(CommandLine line, Console console) throws Exception {
    List<String> models = Arguments.pair(line, MODELS, name());
    ModelComparison comparison;
    try (ConsoleListener listener = new ConsoleListener(console)) {
      comparison =
          ModelComparison.run(
              RecipeReader.comparison(
                  RecipeFlags.read(line).with(Flag.MODEL, models.get(0)), Path.of(models.get(1))),
              listener);
    }
    JsonObject json = CompareJson.of(comparison);
    console.result(ComparisonText.render(json));
    console.resultJson(json);
    return comparison.gate().passed() ? ExitCode.OK : ExitCode.GATE;
  }
}
