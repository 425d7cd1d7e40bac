package org.fnprune;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
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
import org.fnprune.common.Hashes;
import org.fnprune.common.Json;
import org.fnprune.common.UsageException;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.SelfTest;
import org.fnprune.linalg.Threads;
import org.fnprune.network.CalibrationGroup;
import org.fnprune.network.NetworkFiles;
import org.fnprune.network.NetworkFinder;
import org.fnprune.network.NetworkMaps;
import org.fnprune.recipe.Networks.Components;
import org.fnprune.recipe.Networks.Signals;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Shard;
import org.fnprune.report.StructureJson;
import org.fnprune.runtime.Devices;
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
    RunInputs inputs = RunInputs.ofText(recipe, Shard.ALL);
    String lock = Lock.text(recipe, inputs, Version.current());
    RunFolder folder = RunFolder.open(recipe.output(), lock, force, inputs.folder());
    RuntimeOptions device = Devices.choose(recipe.device(), recipe.threads(), listener::warn);
    folder.begin(lock);
    try {
      folder.write("structure.json", Json.pretty(StructureJson.of(inputs.structure())));
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
    RuntimeOptions device = Devices.choose(recipe.device(), recipe.threads(), listener::warn);
    Discovery discovery = new Discovery(recipe, inputs, device, listener);
    discovery.prepare();
    folder.replace(staging -> discovery.capture(inputs.calibration(), staging));
    return MomentsFiles.open(output).orElseThrow();
  }

  static RunInputs inputsOfCapture(Recipe recipe, Path output, Shard shard) {
    if (recipe.calibration() == null && recipe.moments() != null) {
      throw new UsageException(
          "there is no calibration text to capture, only moments in " + recipe.moments(),
          "give --calibration FILE");
    }
    RunInputs inputs = RunInputs.ofText(recipe, shard);
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

  /** The moments of all signals over the whole text, and of what is decomposed in each group. */
  record Captures(MomentsStore all, ImmutableList<CalibrationGroup> groups) {}

  /** Captures what a run needs, or takes what was captured before. */
  Captures capture(RunFolder folder) throws IOException {
    prepare();
    if (inputs.captured().isPresent()) {
      MomentsStore all = inputs.captured().get();
      return new Captures(all, ImmutableList.of(CalibrationGroup.of(ofSource(all))));
    }
    Optional<Captures> before = folder.resumed() ? read(folder) : Optional.empty();
    if (before.isPresent()) {
      listener.note("resumed: the capture of the interrupted run is used");
      return before.get();
    }
    if (inputs.groups().size() > 1) {
      List<Path> parts = new ArrayList<>();
      for (ImmutableList<TokenBatch> group : inputs.groups().values()) {
        Path part = folder.momentsOfGroup(parts.size());
        parts.add(part);
        capture(group, part);
      }
      MomentsMerge.merge(parts, folder.moments());
    } else if (!inputs.groups().isEmpty()) {
      capture(inputs.calibration(), folder.moments());
    }
    return read(folder)
        .orElseGet(() -> new Captures(MomentsStore.of(ImmutableMap.of()), ImmutableList.of()));
  }

  /** What the folder holds of a complete capture. */
  private Optional<Captures> read(RunFolder folder) {
    Optional<MomentsStore> all = MomentsFiles.open(folder.moments());
    ImmutableList.Builder<CalibrationGroup> groups = ImmutableList.builder();
    int count = 0;
    for (ImmutableList<TokenBatch> batches : inputs.groups().values()) {
      Optional<MomentsStore> part =
          inputs.groups().size() == 1 ? all : MomentsFiles.open(folder.momentsOfGroup(count++));
      if (all.isEmpty() || part.isEmpty()) {
        return Optional.empty();
      }
      groups.add(new CalibrationGroup(ofSource(part.get()), projector(batches)));
    }
    return all.map(whole -> new Captures(whole, groups.build()));
  }

  private SourceMoments ofSource(MomentsStore moments) {
    ImmutableMap.Builder<String, String> signals = ImmutableMap.builder();
    for (PrunableUnit unit : inputs.structure().units()) {
      signals.put(unit.id(), Signal.id(unit, recipe.networks().signals()));
    }
    return new SourceMoments(moments, signals.buildOrThrow());
  }

  private Projector projector(List<TokenBatch> batches) {
    ImmutableList.Builder<Signal> signals = ImmutableList.builder();
    for (PrunableUnit unit : inputs.structure().units()) {
      Signal source = Signal.of(inputs.dense(), unit, recipe.networks().signals());
      signals.add(new Signal(unit.id(), source.tensors(), source.widths()));
    }
    return new ProjectionCapture(
        inputs.dense(), signals.build(), batches, options(recipe, "").memory(), device, listener);
  }

  private void prepare() {
    Threads.set(recipe.threads());
    SelfTest.run();
    if (inputs.skipped() > 0) {
      listener.warn(inputs.skipped() + " calibration samples had no tokens and were skipped");
    }
  }

  private void capture(ImmutableList<TokenBatch> batches, Path target) throws IOException {
    Capture.run(
        inputs.dense(),
        signals(recipe, inputs),
        batches,
        options(recipe, modelId(inputs)),
        device,
        target,
        listener);
  }

  /** What enters each unit's projection, and what is decomposed where that is something else. */
  static ImmutableList<Signal> signals(Recipe recipe, RunInputs inputs) {
    Signals source = recipe.networks().signals();
    ImmutableList.Builder<Signal> signals = ImmutableList.builder();
    for (PrunableUnit unit : inputs.structure().units()) {
      signals.add(Signal.activation(unit));
      if (source != Signals.ACTIVATION) {
        signals.add(Signal.of(inputs.dense(), unit, source));
      }
    }
    return signals.build();
  }

  /** Estimates of the number of components need to know how alike neighbouring tokens are. */
  static CaptureOptions options(Recipe recipe, String model) {
    boolean estimated = recipe.networks().components() instanceof Components.Estimated;
    int rank =
        recipe.networks().components() instanceof Components.Fixed fixed
            ? Math.max(CaptureOptions.RANK, fixed.count())
            : CaptureOptions.RANK;
    return new CaptureOptions(
        recipe.memory() == 0 ? CaptureOptions.defaultMemory() : recipe.memory(),
        estimated,
        rank,
        recipe.seed(),
        model);
  }

  static String modelId(RunInputs inputs) throws IOException {
    return Hashes.sha256(inputs.folder().onnxFile());
  }

  /** Decomposes what was captured and writes the networks. */
  ImmutableMap<String, NetworkMaps> networks(Captures captures, RunFolder folder)
      throws IOException {
    ImmutableMap<String, NetworkMaps> networks =
        NetworkFinder.find(captures.groups(), recipe.networks(), recipe.seed(), listener);
    networks.forEach(
        (unit, maps) -> maps.complaints().forEach(c -> listener.warn(unit + ": " + c)));
    NetworkFiles.write(folder.networks(), networks, recipe.networks());
    return networks;
  }
}
