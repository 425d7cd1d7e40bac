package org.fnprune.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.fnprune.Evaluation;
import org.fnprune.common.AtomicFiles;
import org.fnprune.common.Json;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.EvalRequest;
import org.fnprune.recipe.Flag;
import org.fnprune.recipe.RecipeReader;
import org.fnprune.report.TextTable;
import org.fnprune.verify.MetricResult;

/** {@code eval MODEL --task FILE …}: task metrics of one model. */
final class EvalCommand implements Command {

  @Override
  public String name() {
    return "eval";
  }

  @Override
  public String arguments() {
    return "MODEL --task FILE [--task FILE …] [flags]";
  }

  @Override
  public String summary() {
    return "task metrics of one model";
  }

  @Override
  public List<String> examples() {
    return List.of(
        "fnprune eval my-model --task task.yaml",
        "fnprune eval runs/half/slim --task task.yaml --limit 200 --json",
        "fnprune eval my-model --task task.yaml --output runs/eval --log-samples");
  }

  @Override
  public Options options() {
    return RecipeFlags.ofTasks(Flag.LOG_SAMPLES)
        .addOption(
            CommonFlags.value(
                Flag.OUTPUT.option(), "DIR", "a new folder for results.json and samples"));
  }

  @Override
  public ExitCode run(CommandLine line, Console console) throws IOException {
    Path model = Path.of(Arguments.single(line, "MODEL", name()));
    if (!line.hasOption(Flag.TASK.option())) {
      throw new UsageException("eval needs a task file", "add --task FILE");
    }
    EvalRequest request =
        RecipeReader.evaluation(RecipeFlags.read(line).with(Flag.MODEL, model.toString()));
    Path output = request.output();
    if (output != null && Files.exists(output)) {
      throw new UsageException(
          "output '" + output + "' exists already", "choose another --output, or remove it");
    }
    List<MetricResult> results;
    try (ConsoleListener listener = new ConsoleListener(console)) {
      results = Evaluation.run(request, listener);
    }
    TextTable table = new TextTable("Task", "Metric", "Value", "Stderr", "n");
    JsonArray json = new JsonArray();
    for (MetricResult result : results) {
      table.row(
          result.task(),
          result.metric() + (result.higherIsBetter() ? " ↑" : " ↓"),
          String.format(Locale.ROOT, "%.4f", result.value()),
          result.stderr() == null ? "–" : String.format(Locale.ROOT, "%.4f", result.stderr()),
          result.n());
      json.add(json(result));
    }
    JsonObject document = new JsonObject();
    document.addProperty("schema", 1);
    document.addProperty("model", model.toString());
    document.add("tasks", json);
    if (output != null) {
      Files.createDirectories(output);
      AtomicFiles.writeString(output.resolve("results.json"), Json.pretty(document));
    }
    console.result(table.toText());
    console.resultJson(document);
    return ExitCode.OK;
  }

  private static JsonObject json(MetricResult result) {
    JsonObject json = new JsonObject();
    json.addProperty("name", result.task());
    json.addProperty("metric", result.metric());
    json.addProperty("higher_is_better", result.higherIsBetter());
    json.addProperty("value", Double.isFinite(result.value()) ? result.value() : null);
    json.addProperty("stderr", result.stderr());
    json.addProperty("n", result.n());
    return json;
  }
}
