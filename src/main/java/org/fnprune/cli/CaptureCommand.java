package org.fnprune.cli;

import java.nio.file.Path;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.fnprune.Discovery;
import org.fnprune.Preview;
import org.fnprune.capture.MomentsStore;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.Flag;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.RecipeReader;
import org.fnprune.recipe.Shard;

/** {@code capture RECIPE --output DIR}: moments of the recipe's text, or of a shard of it. */
final class CaptureCommand implements Command {

  @Override
  public String name() {
    return "capture";
  }

  @Override
  public String arguments() {
    return "RECIPE --output DIR [--shard I/N] [flags]";
  }

  @Override
  public String summary() {
    return "captures the moments of a recipe's text, or of a shard of it";
  }

  @Override
  public List<String> examples() {
    return List.of(
        "fnprune capture recipe.yaml --output moments",
        "fnprune capture recipe.yaml --shard 2/8 --output shards/2",
        "fnprune capture recipe.yaml --memory 4GiB --output moments --dry-run");
  }

  @Override
  public Options options() {
    return Runs.options()
        .addOption(
            CommonFlags.value("shard", "I/N", "every N-th sample, starting at the I-th (from 1)"));
  }

  @Override
  public ExitCode run(CommandLine line, Console console) throws Exception {
    Path file = Path.of(Arguments.single(line, "RECIPE", name()));
    if (!line.hasOption(Flag.OUTPUT.option())) {
      throw new UsageException(
          "capture needs a folder for the moments", "add --output DIR; runs keep theirs elsewhere");
    }
    Shard shard = line.hasOption("shard") ? Shard.parse(line.getOptionValue("shard")) : Shard.ALL;
    Recipe recipe = RecipeReader.read(file, RecipeFlags.read(line));
    Path output = recipe.output();
    boolean force = line.hasOption("force");
    try (ConsoleListener listener = new ConsoleListener(console)) {
      if (line.hasOption("dry-run")) {
        PreviewText.print(Preview.ofCapture(recipe, output, shard, force, listener), console);
        return ExitCode.OK;
      }
      MomentsStore moments = Discovery.capture(recipe, output, shard, force, listener);
      MomentsText.print("Captured", moments, output, console);
    }
    return ExitCode.OK;
  }
}
