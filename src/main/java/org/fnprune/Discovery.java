package org.fnprune;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fnprune.capture.Capture;
import org.fnprune.capture.CaptureOptions;
import org.fnprune.capture.MomentsFiles;
import org.fnprune.capture.MomentsMerge;
import org.fnprune.capture.MomentsStore;
import org.fnprune.capture.ProjectionCapture;
import org.fnprune.capture.Projector;
import org.fnprune.capture.Signal;
import org.fnprune.common.Json;
import org.fnprune.common.UsageException;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.SelfTest;
import org.fnprune.linalg.Threads;
import org.fnprune.network.CalibrationGroup;
import org.fnprune.network.NetworkFiles;
import org.fnprune.network.NetworkFinder;
import org.fnprune.network.NetworkMaps;
import org.fnprune.recipe.Networks;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Shard;
import org.fnprune.report.StructureJson;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.structure.PrunableUnit;

/**
 * The first half of a run: what the model's neurons do on sample text, and which of them work
 * together. {@link Pipeline} goes on from there; the commands {@code capture} and {@code networks}
 * stop there.
 */
public final class Discovery {

  private final Recipe recipe;
  private final RunInputs inputs;
  private final RuntimeOptions device;
  private final Pipeline.Listener listener;

  Discovery(Recipe recipe, RunInputs inputs, RuntimeOptions device, Pipeline.Listener listener) {
    this.recipe = recipe;
    this.inputs = inputs;
    this.device = device;
    this.listener = listener;
  }

  /**
   * Finds the networks of a recipe's model. The output is an unfinished run folder, with which
   * {@link Pipeline} can go on.
   *
   * @param force whether a run that is in the output folder may be replaced
   * @return networks by unit id
   * @throws UsageException when recipe, model or data are unusable
   */
  public static ImmutableMap<String, NetworkMaps> networks(
      Recipe recipe, boolean force, Pipeline.Listener listener) throws IOException {
    RunInputs inputs = RunInputs.ofNetworks(recipe);
    String lock = Lock.text(recipe, inputs, Version.current());
    RunFolder folder = RunFolder.open(recipe.output(), lock, force, inputs.folder());
    RuntimeOptions device = inputs.device(recipe, listener::warn);
    folder.begin(lock);
    try {
      folder.write("structure.json", Json.pretty(StructureJson.of(inputs.found())));
      Discovery discovery = new Discovery(recipe, inputs, device, listener);
      return discovery.networks(discovery.capture(folder), folder);
    } catch (UsageException e) {
      folder.discard();
      throw e;
    }
  }

  /**
   * Captures the moments of one shard of a recipe's text, whatever their groups.
   *
   * @param output the moments folder to make; {@link MomentsMerge} adds several up
   * @param force whether a capture that is there may be replaced
   * @return the moments
   * @throws UsageException when recipe, model or data are unusable
   */
  public static MomentsStore capture(
      Recipe recipe, Path output, Shard shard, boolean force, Pipeline.Listener listener)
      throws IOException {
    RunInputs inputs = inputsOfCapture(recipe, output, shard);
    ProductFolder folder = ProductFolder.ofMoments(output, force);
    RuntimeOptions device = inputs.device(recipe, listener::warn);
    Discovery discovery = new Discovery(recipe, inputs, device, listener);
    discovery.prepare();
    folder.replace(staging -> discovery.capture(inputs.calibration(), staging));
    return MomentsFiles.open(output).orElseThrow();
  }

  static RunInputs inputsOfCapture(Recipe recipe, Path output, Shard shard) {
    RunInputs inputs = RunInputs.ofCapture(recipe, shard);
    OutputPath.requireApart(output, inputs.folder());
    return inputs;
  }

  /**
   * Adds up captures of one model on several texts.
   *
   * @param force whether a capture that is in {@code output} may be replaced
   * @throws UsageException when they do not belong together
   */
  public static MomentsStore merge(List<Path> folders, Path output, boolean force)
      throws IOException {
    ProductFolder folder = ProductFolder.ofMoments(output, force);
    folder.requireNone(folders);
    folder.replace(staging -> MomentsMerge.merge(folders, staging));
    return MomentsFiles.open(output).orElseThrow();
  }

  /** The moments of each group of text, and of all of it. */
  record Captures(MomentsStore all, ImmutableList<MomentsStore> groups) {

    static Captures of(MomentsStore all) {
      return new Captures(all, ImmutableList.of(all));
    }
  }

  /** Captures what a run needs, or takes what an interrupted run has captured. */
  Captures capture(RunFolder folder) throws IOException {
    if (inputs.captured().isPresent()) {
      prepare();
      return Captures.of(inputs.captured().get());
    }
    if (inputs.groups().isEmpty()) {
      return Captures.of(MomentsStore.of(ImmutableMap.of()));
    }
    prepare();
    Optional<Captures> before = folder.resumed() ? read(folder) : Optional.empty();
    if (before.isPresent()) {
      listener.note("resumed: the capture of the interrupted run is used");
      return before.get();
    }
    NetworkFiles.remove(folder.networks());
    if (inputs.groups().size() == 1) {
      return Captures.of(capture(inputs.calibration(), folder.moments()));
    }
    List<Path> parts = new ArrayList<>();
    for (ImmutableList<TokenBatch> group : inputs.groups().values()) {
      Path part = folder.momentsOfGroup(parts.size());
      parts.add(part);
      capture(group, part);
    }
    MomentsMerge.merge(parts, folder.moments());
    return read(folder).orElseThrow();
  }

  /** What the folder holds of a complete capture of all that this run needs. */
  private Optional<Captures> read(RunFolder folder) {
    Optional<MomentsStore> all = complete(folder.moments());
    if (all.isEmpty() || inputs.groups().size() == 1) {
      return all.map(Captures::of);
    }
    ImmutableList.Builder<MomentsStore> groups = ImmutableList.builder();
    for (int g = 0; g < inputs.groups().size(); g++) {
      Optional<MomentsStore> group = complete(folder.momentsOfGroup(g));
      if (group.isEmpty()) {
        return Optional.empty();
      }
      groups.add(group.get());
    }
    return Optional.of(new Captures(all.get(), groups.build()));
  }

  private Optional<MomentsStore> complete(Path moments) {
    return MomentsFiles.open(moments)
        .filter(found -> inputs.signals().stream().allMatch(s -> found.ids().contains(s.id())));
  }

  private void prepare() {
    Threads.set(recipe.threads());
    SelfTest.run();
    if (inputs.skipped() > 0) {
      listener.warn(inputs.skipped() + " calibration samples had no tokens and were skipped");
    }
  }

  private MomentsStore capture(ImmutableList<TokenBatch> batches, Path target) throws IOException {
    return Capture.run(
        inputs.dense(),
        inputs.signals(),
        batches,
        options(recipe, inputs.modelId()),
        device,
        target,
        listener);
  }

  static CaptureOptions options(Recipe recipe, String model) {
    Networks networks = recipe.networks();
    CaptureOptions usual =
        CaptureOptions.defaults(model)
            .withMemory(memory(recipe))
            .withSeed(recipe.seed())
            .withLag(networks.components() instanceof Networks.Components.Estimated);
    return networks.components() instanceof Networks.Components.Fixed fixed
        ? usual.withRank(Math.max(fixed.count(), CaptureOptions.RANK))
        : usual;
  }

  private static long memory(Recipe recipe) {
    return recipe.memory() == 0 ? CaptureOptions.defaultMemory() : recipe.memory();
  }

  /**
   * Decomposes what was captured and writes the networks.
   *
   * @return networks by unit id
   */
  ImmutableMap<String, NetworkMaps> networks(Captures evidence, RunFolder folder)
      throws IOException {
    Optional<ImmutableMap<String, NetworkMaps>> before =
        folder.resumed() ? NetworkFiles.read(folder.networks()) : Optional.empty();
    if (before.isPresent()) {
      listener.note("resumed: the networks of the interrupted run are used");
      complain(before.get());
      return before.get();
    }
    Networks options = recipe.networks();
    ImmutableMap<String, String> units =
        inputs.structure().units().stream()
            .collect(
                ImmutableMap.toImmutableMap(
                    unit -> Signal.id(unit, options.signals()), PrunableUnit::id));
    ImmutableMap.Builder<String, NetworkMaps> networks = ImmutableMap.builder();
    NetworkFinder.find(
            groups(evidence, units.keySet()), options, recipe.seed(), memory(recipe), listener)
        .forEach((signal, maps) -> networks.put(requireNonNull(units.get(signal)), maps));
    ImmutableMap<String, NetworkMaps> found = networks.buildOrThrow();
    complain(found);
    NetworkFiles.write(folder.networks(), found, recipe.networks());
    return found;
  }

  /** Each group's moments of the signals that networks are found in, with its text. */
  private ImmutableList<CalibrationGroup> groups(Captures evidence, ImmutableSet<String> signals) {
    ImmutableList<ImmutableList<TokenBatch>> texts = inputs.groups().values().asList();
    ImmutableList.Builder<CalibrationGroup> groups = ImmutableList.builder();
    for (int g = 0; g < evidence.groups().size(); g++) {
      MomentsStore moments = evidence.groups().get(g).only(signals);
      groups.add(
          texts.isEmpty()
              ? CalibrationGroup.of(moments)
              : new CalibrationGroup(moments, projector(texts.get(g))));
    }
    return groups.build();
  }

  private Projector projector(ImmutableList<TokenBatch> text) {
    return new ProjectionCapture(
        inputs.dense(), inputs.signals(), text, memory(recipe), device, listener);
  }

  private void complain(ImmutableMap<String, NetworkMaps> networks) {
    networks.forEach(
        (unit, maps) -> maps.complaints().forEach(c -> listener.warn(unit + ": " + c)));
  }
}
