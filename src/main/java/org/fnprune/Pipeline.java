package org.fnprune;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import org.fnprune.capture.CalibrationMoments;
import org.fnprune.common.Json;
import org.fnprune.common.Progress;
import org.fnprune.network.NetworkFiles;
import org.fnprune.network.NetworkMaps;
import org.fnprune.recipe.Networks;
import org.fnprune.recipe.Recipe;
import org.fnprune.report.Origin;
import org.fnprune.report.ReportJson;
import org.fnprune.report.RunReport;
import org.fnprune.report.StructureJson;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.search.Outcome;
import org.fnprune.search.Search;
import org.fnprune.search.SearchInputs;
import org.fnprune.select.PlanJson;
import org.fnprune.verify.Baselines;
import org.fnprune.verify.LatencyResult;

/**
 * The whole way: a recipe goes in, a run folder with a smaller verified model comes out.
 *
 * <p>One run uses all the processors it is given and native libraries whose threads are the
 * process's own: run one at a time.
 */
public final class Pipeline {

  /**
   * Told how a run gets on, in the thread that runs it; what is not of interest can be left out.
   */
  public interface Listener extends Progress {

    /** Is told everything and does nothing. */
    Listener SILENT = new Listener() {};

    /** Something that the user should know; it is in the report as well. */
    default void warn(String message) {}

    /** Something about this run alone, which no result depends on. */
    default void note(String message) {}
  }

  private final Recipe recipe;
  private final ImmutableList<String> command;
  private final KeptWarnings listener;
  private final Stopwatch clock = new Stopwatch();

  private Pipeline(Recipe recipe, ImmutableList<String> command, Listener listener) {
    this.recipe = recipe;
    this.command = command;
    this.listener = new KeptWarnings(listener);
  }

  /**
   * Runs a recipe without a word.
   *
   * @return as {@link #run(Recipe, boolean, Listener)}
   * @throws org.fnprune.common.UsageException as there
   * @throws IOException as there
   */
  public static RunReport run(Recipe recipe) throws IOException {
    return run(recipe, Listener.SILENT);
  }

  /**
   * Runs a recipe. A finished run in its output folder is left alone: there must be none.
   *
   * @return as {@link #run(Recipe, boolean, Listener)}
   * @throws org.fnprune.common.UsageException as there
   * @throws IOException as there
   */
  public static RunReport run(Recipe recipe, Listener listener) throws IOException {
    return run(recipe, false, listener);
  }

  /**
   * Runs a recipe. An unfinished run of the same recipe and inputs in the output folder is gone on
   * with.
   *
   * @param force whether a run that is in the output folder may be replaced
   * @param listener told of progress and warnings as they come
   * @return all that was found out, as in {@code report.json}; whether the gate was passed is
   *     {@link RunReport#gate()}, the slim model is {@link RunReport#slim()}
   * @throws org.fnprune.common.UsageException when recipe, model or data are unusable; nothing was
   *     written then
   * @throws org.fnprune.runtime.ModelRunException when the model does not run
   * @throws IOException when a file cannot be read or written; the run can be gone on with
   */
  public static RunReport run(Recipe recipe, boolean force, Listener listener) throws IOException {
    return run(recipe, force, ImmutableList.of(), listener);
  }

  /**
   * Runs a recipe, as {@link #run(Recipe, boolean, Listener)}.
   *
   * @param command what was typed, for the report; empty where nothing was
   */
  public static RunReport run(
      Recipe recipe, boolean force, ImmutableList<String> command, Listener listener)
      throws IOException {
    return new Pipeline(recipe, command, listener).run(force);
  }

  /** Reads and checks everything first; only then is anything written. */
  private RunReport run(boolean force) throws IOException {
    RunInputs inputs = clock.time("read", () -> RunInputs.read(recipe));
    String lock = Lock.text(recipe, inputs, Version.current());
    RunFolder folder = RunFolder.open(recipe.output(), lock, force, inputs.folder());
    RuntimeOptions device = inputs.device(recipe, listener::warn);
    try (Baselines dense =
        clock.time("dense tasks", () -> Verification.dense(inputs, device, listener))) {
      return folder.during(listener::note, () -> stages(inputs, folder, device, dense));
    }
  }

  private RunReport stages(
      RunInputs inputs, RunFolder folder, RuntimeOptions device, Baselines dense)
      throws IOException {
    List<Path> others = inputs.folder().otherModels();
    if (!others.isEmpty()) {
      listener.warn(
          "only "
              + inputs.folder().onnxFile().getFileName()
              + " is pruned; copied as they are: "
              + others
              + "; name one of them as MODEL to prune it");
    }
    folder.write("structure.json", Json.pretty(StructureJson.of(inputs.found())));
    Discovery discovery = new Discovery(recipe, inputs, device, listener);
    Discovery.Captures captures = clock.time("capture", () -> discovery.capture(folder));
    StageResults results = new StageResults(folder, device.deviceName(), listener, clock);
    Outcome outcome =
        results.of(
            Stage.SELECTION,
            new OutcomeForm(folder, recipe),
            () -> select(inputs, folder, device, discovery, captures));
    SlimResult slim =
        results.of(
            Stage.SLIM,
            SlimResult.in(folder.slim()),
            () ->
                new SlimMaker(recipe, inputs, folder.slim(), device, listener, clock)
                    .make(outcome, captures.moments()));

    Verification verified =
        clock.time(
            "verify",
            () -> Verification.of(recipe, inputs, dense, folder.slim(), device, listener));
    verified.latency().stream()
        .filter(LatencyResult::isNoisy)
        .forEach(result -> listener.warnOnly(result.noise()));
    RunReport report =
        new RunReport(
            origin(inputs),
            recipe,
            device.deviceName(),
            verified.denseFacts(),
            verified.slimFacts(),
            inputs.structure(),
            outcome.plan(),
            outcome,
            slim.ridges(),
            slim.equivalence(),
            verified.tasks(),
            verified.alone(),
            verified.latency(),
            verified.gate(),
            inputs.data().used(),
            clock.timings(),
            listener.warnings());
    ImmutableMap<String, NetworkMaps> networks = outcome.networks();
    if (!networks.isEmpty()) {
      NetworkFiles.writeIndex(
          folder.networks(),
          networks,
          networksOf(outcome),
          Maps.asMap(networks.keySet(), report::supports));
      Driving.write(
          folder.networks(), networks, captures.moments().all(), recipe, inputs, device, listener);
    }
    if (recipe.verify().logSamples()) {
      SampleFiles.write(
          folder.samples(),
          inputs.tasks(),
          ImmutableMap.of("dense", dense.scores(), "slim", verified.slimScores()));
    }
    Reports.write(ReportJson.of(report), folder.root());
    folder.finish();
    return report;
  }

  /** Makes the plan. */
  private Outcome select(
      RunInputs inputs,
      RunFolder folder,
      RuntimeOptions device,
      Discovery discovery,
      Discovery.Captures captures)
      throws IOException {
    Outcome outcome =
        clock.time(
            "select",
            () ->
                Search.plan(
                    searched(
                        inputs,
                        captures.moments(),
                        k -> discovery.networks(captures, folder, k),
                        device),
                    listener::warn,
                    listener));
    writeNetworks(folder, outcome);
    folder.write("plan.json", Json.pretty(PlanJson.of(outcome.plan(), outcome.contributions())));
    return outcome;
  }

  private Origin origin(RunInputs inputs) throws IOException {
    return new Origin(
        Version.current(),
        Runtime.version().toString(),
        RuntimeOptions.version(),
        command,
        Lock.hashes(recipe, inputs));
  }

  private SearchInputs searched(
      RunInputs inputs,
      CalibrationMoments moments,
      IntFunction<ImmutableMap<String, NetworkMaps>> networks,
      RuntimeOptions device) {
    return new SearchInputs(
        inputs.dense(),
        inputs.found(),
        inputs.structure(),
        moments,
        inputs.texts(),
        networks,
        recipe.networks().components() instanceof Networks.Components.Fixed fixed
            ? fixed.count()
            : 0,
        recipe,
        device);
  }

  /** How the networks were found that the search has chosen. */
  private Networks networksOf(Outcome outcome) {
    Networks asked = recipe.networks();
    return outcome.choice().components() == 0
        ? asked
        : asked.with(new Networks.Components.Fixed(outcome.choice().components()));
  }

  /** Writes the networks if the search has chosen another number of them. */
  private void writeNetworks(RunFolder folder, Outcome outcome) throws IOException {
    Networks found = networksOf(outcome);
    if (!found.equals(recipe.networks())) {
      NetworkFiles.remove(folder.networks());
      NetworkFiles.write(folder.networks(), outcome.networks(), found);
    }
  }
}
