package org.fnprune.cli;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.fnprune.Discovery;
import org.fnprune.Preview;
import org.fnprune.SignalNetworks;
import org.fnprune.common.UsageException;
import org.fnprune.network.NetworkMaps;
import org.fnprune.network.SignalDecomposition;
import org.fnprune.recipe.Flag;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.RecipeReader;
import org.fnprune.recipe.RecipeWriter;
import org.fnprune.recipe.SignalsRequest;

/**
 * {@code networks RECIPE}: the functional networks of a model; {@code networks --signals X.npy}:
 * those of any array.
 */
final class NetworksCommand implements Command {

  private static final String SIGNALS = "signals";
  private static final String START = "start";

  /** Flags of other groups that say something about an array, too. */
  private static final ImmutableSet<String> OF_SIGNALS =
      ImmutableSet.of("output", "force", "dry-run", "seed", "threads", "json", "quiet", "verbose");

  @Override
  public String name() {
    return "networks";
  }

  @Override
  public String arguments() {
    return "RECIPE [flags]\n"
        + "       fnprune networks --signals X.npy --components K --output DIR [flags]";
  }

  @Override
  public String summary() {
    return "finds functional networks, of a recipe's model or of any array, and stops there";
  }

  @Override
  public List<String> examples() {
    return List.of(
        "fnprune networks recipe.yaml --components 64",
        "fnprune networks --signals X.npy --components 20 --output ica",
        "fnprune networks --signals X.npy --components auto --method temporal-ica --output ica \\",
        "    --nonlinearity logcosh --keep centrotypes --restarts 20");
  }

  @Override
  public Options options() {
    return Runs.options()
        .addOption(
            CommonFlags.value(
                SIGNALS, "X.npy", "in place of a recipe: an array, time points × signals"))
        .addOption(
            CommonFlags.value(
                START,
                "S.npy",
                "of an array: what to start from, maps K × signals or, for temporal-ica,\n"
                    + "courses time points × K; no restarts then"));
  }

  @Override
  public ExitCode run(CommandLine line, Console console) throws Exception {
    if (line.hasOption(SIGNALS)) {
      return ofSignals(line, console);
    }
    if (line.hasOption(START)) {
      throw new UsageException("flag '--start' does nothing without --signals", "leave it out");
    }
    if (line.getArgList().isEmpty()) {
      throw new UsageException(
          "networks needs a RECIPE or an array",
          "write: fnprune networks RECIPE …, or fnprune networks --signals X.npy --output DIR …");
    }
    Path file = Path.of(Arguments.single(line, "RECIPE", name()));
    Recipe recipe = RecipeReader.read(file, RecipeFlags.read(line));
    boolean force = line.hasOption("force");
    try (ConsoleListener listener = new ConsoleListener(console)) {
      if (line.hasOption("dry-run")) {
        PreviewText.print(Preview.ofNetworks(recipe, force, listener), console);
        return ExitCode.OK;
      }
      ImmutableMap<String, NetworkMaps> found = Discovery.networks(recipe, force, listener);
      console.result(NetworksText.units(found) + "\nNetworks: " + folder(recipe.output()));
    }
    NetworksText.printJson(recipe.output(), console);
    return ExitCode.OK;
  }

  private ExitCode ofSignals(CommandLine line, Console console) throws IOException {
    if (!line.getArgList().isEmpty()) {
      throw new UsageException(
          "networks takes a RECIPE or --signals, but there are both: " + line.getArgList().get(0),
          "leave one out");
    }
    for (Option option : line.getOptions()) {
      if (!isOfSignals(option.getLongOpt())) {
        throw new UsageException(
            "flag '--" + option.getLongOpt() + "' does nothing with --signals",
            "leave it out, or give a RECIPE");
      }
    }
    SignalsRequest request = RecipeReader.signals(RecipeFlags.read(line));
    boolean force = line.hasOption("force");
    SignalNetworks signals =
        SignalNetworks.read(
            Path.of(line.getOptionValue(SIGNALS)),
            Optional.ofNullable(line.getOptionValue(START)).map(Path::of),
            request);
    if (line.hasOption("dry-run")) {
      signals.requireFree(force);
      preview(signals, console);
      return ExitCode.OK;
    }
    try (ConsoleListener listener = new ConsoleListener(console)) {
      SignalDecomposition found = signals.run(force, listener);
      console.result(
          NetworksText.networks(found.networks(), request.networks())
              + "\nNetworks: "
              + folder(request.output()));
    }
    NetworksText.printJson(request.output(), console);
    return ExitCode.OK;
  }

  /** An array has no units whose signals could be taken from another source. */
  private static boolean isOfSignals(String flag) {
    return OF_SIGNALS.contains(flag)
        || (FlagGroup.of(flag) == FlagGroup.NETWORKS && !flag.equals(Flag.SOURCE.option()));
  }

  private static void preview(SignalNetworks signals, Console console) {
    String settings = RecipeWriter.toYaml(signals.request().networks());
    int times = signals.signals().rows();
    int width = signals.signals().cols();
    console.result(
        "Dry run: nothing was computed or written.\n\n"
            + ("Signals: " + times + " time points × " + width + " signals\n")
            + ("Networks:\n" + settings.indent(2)));
    JsonObject json = new JsonObject();
    json.addProperty("schema", 1);
    json.addProperty("dry_run", true);
    json.addProperty("times", times);
    json.addProperty("signals", width);
    json.addProperty("networks", settings);
    console.resultJson(json);
  }

  private static Path folder(Path output) {
    return output.resolve("networks");
  }
}
