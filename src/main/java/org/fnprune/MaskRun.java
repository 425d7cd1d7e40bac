package org.fnprune;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.fnprune.common.Json;
import org.fnprune.common.UsageException;
import org.fnprune.network.NetworkMaps;
import org.fnprune.recipe.Recipe;
import org.fnprune.report.StructureJson;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.verify.MaskedTasks;

/**
 * What {@link Lesion} and {@link Sweep} share: a recipe's model is captured and its networks are
 * found as for a run, then choices of neurons are scored on the masked dense model, in one session.
 *
 * @param recipe whose output is the folder of this command
 * @param captures of the recipe's text
 * @param networks as the recipe wants them, by unit id
 * @param discovery to find others
 * @param tasks on the masked model
 * @param device where it runs
 * @param listener told of progress and warnings, which it keeps
 */
record MaskRun(
    Recipe recipe,
    RunInputs inputs,
    Discovery.Captures captures,
    ImmutableMap<String, NetworkMaps> networks,
    Discovery discovery,
    MaskedTasks tasks,
    String device,
    KeptWarnings listener) {

  /** The files' contents by name, the one that says that all is there last. */
  record Result<T>(T report, ImmutableMap<String, String> files) {}

  /** What a command does with it. */
  @FunctionalInterface
  interface Work<T> {
    Result<T> of(MaskRun run) throws IOException;
  }

  /**
   * Reads, checks and scores the dense model first; only then is anything written.
   *
   * @param command the word on the command line and the folder in the recipe's output: a run folder
   *     of its own, since a run of the recipe may be in the output
   * @param check refuses what the inputs rule out
   * @param force whether an earlier result may be replaced
   * @throws UsageException when recipe, model or data are unusable, or the folder is in use
   */
  static <T> T start(
      Recipe recipe,
      String command,
      Consumer<RunInputs> check,
      boolean force,
      Pipeline.Listener listener,
      Work<T> work)
      throws IOException {
    RunInputs inputs = RunInputs.ofMasks(recipe, command);
    check.accept(inputs);
    boolean fresh = !Files.exists(recipe.output());
    RunFolder folder = folder(recipe, command, inputs, force);
    KeptWarnings keeping = new KeptWarnings(listener);
    RuntimeOptions device = inputs.device(recipe, keeping::warn);
    try (MaskedTasks tasks = dense(recipe, inputs, device, listener)) {
      return folder.during(
          listener::note, () -> work(recipe, inputs, folder, tasks, device, keeping, work));
    } catch (UsageException e) {
      if (fresh && Files.exists(recipe.output()) && isEmpty(recipe.output())) {
        Files.delete(recipe.output());
      }
      throw e;
    }
  }

  private static <T> T work(
      Recipe recipe,
      RunInputs inputs,
      RunFolder folder,
      MaskedTasks tasks,
      RuntimeOptions device,
      KeptWarnings keeping,
      Work<T> work)
      throws IOException {
    folder.write("structure.json", Json.pretty(StructureJson.of(inputs.found())));
    Discovery discovery = new Discovery(recipe, inputs, device, keeping);
    Discovery.Captures captures = discovery.capture(folder);
    Result<T> result =
        work.of(
            new MaskRun(
                recipe,
                inputs,
                captures,
                discovery.networks(captures, folder),
                discovery,
                tasks,
                device.deviceName(),
                keeping));
    for (var file : result.files().entrySet()) {
      folder.write(file.getKey(), file.getValue());
    }
    return result.report();
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  /** The folder that {@code command} writes to. */
  static RunFolder folder(Recipe recipe, String command, RunInputs inputs, boolean force)
      throws IOException {
    return RunFolder.open(
        recipe.output().resolve(command),
        Lock.text(recipe, inputs, Version.current()),
        force,
        inputs.folder());
  }

  private static MaskedTasks dense(
      Recipe recipe, RunInputs inputs, RuntimeOptions device, Pipeline.Listener listener) {
    listener.start("dense tasks", inputs.tasks().size(), "tasks");
    MaskedTasks tasks =
        MaskedTasks.open(inputs.dense(), inputs.structure(), inputs.tasks(), recipe.seed(), device);
    listener.advance(inputs.tasks().size());
    listener.done();
    return tasks;
  }

  /** Scores one thing after the other. */
  <A, B> ImmutableList<B> each(String stage, List<A> things, Function<A, B> score) {
    listener.start(stage, things.size(), "choices");
    ImmutableList.Builder<B> scores = ImmutableList.builder();
    for (A thing : things) {
      scores.add(score.apply(thing));
      listener.advance(1);
    }
    listener.done();
    return scores.build();
  }

  /** The seed of the n-th draw of random neurons. */
  long seedOfDraw(int draw) {
    return recipe.seed() + 1 + draw;
  }
}
