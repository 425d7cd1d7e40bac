package org.fnprune;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fnprune.capture.CalibrationMoments;
import org.fnprune.capture.Capture;
import org.fnprune.capture.CaptureOptions;
import org.fnprune.capture.MomentsFiles;
import org.fnprune.capture.MomentsMerge;
import org.fnprune.capture.MomentsStore;
import org.fnprune.capture.ProjectionCapture;
import org.fnprune.capture.Projector;
import org.fnprune.capture.Signal;
import org.fnprune.capture.WeightedMoments;
import org.fnprune.common.JoinedList;
import org.fnprune.common.Json;
import org.fnprune.common.UsageException;
import org.fnprune.data.CalibrationText;
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
    return folder.during(
        listener::note,
        () -> {
          folder.write("structure.json", Json.pretty(StructureJson.of(inputs.found())));
          Discovery discovery = new Discovery(recipe, inputs, device, listener);
          Captures captures = discovery.capture(folder);
          ImmutableMap<String, NetworkMaps> networks = discovery.networks(captures, folder);
          Driving.write(
              folder.networks(),
              networks,
              captures.moments().all(),
              recipe,
              inputs,
              device,
              listener);
          return networks;
        });
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
    folder.replace(staging -> discovery.capture(inputs.text().batches(), staging));
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

  /**
   * The moments of each group of the task's text, and of all text, that to retain included.
   *
   * @param retained of the text to retain alone; empty without
   */
  record Captures(
      CalibrationMoments moments,
      ImmutableList<MomentsStore> groups,
      Optional<MomentsStore> retained) {

    static Captures of(MomentsStore all) {
      return new Captures(CalibrationMoments.of(all), ImmutableList.of(all), Optional.empty());
    }

    /** With what was held out and what is to be retained. */
    private Captures with(
        Optional<MomentsStore> heldOut,
        Optional<MomentsStore> general,
        Optional<MomentsStore> generalHeldOut,
        double weight) {
      MomentsStore task = moments.all();
      return new Captures(
          new CalibrationMoments(
              general.<MomentsStore>map(g -> new WeightedMoments(task, g, weight)).orElse(task),
              general.isPresent() && heldOut.isPresent()
                  ? generalHeldOut.map(g -> new WeightedMoments(heldOut.get(), g, weight))
                  : heldOut),
          groups,
          general);
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
    Optional<Captures> before = read(folder);
    if (before.isPresent()) {
      listener.note("resumed: the capture of the interrupted run is used");
      return before.get();
    }
    folder.forget(Stage.NETWORKS);
    captureTask(folder);
    if (inputs.texts().size() > 1) {
      CalibrationText general = inputs.texts().get(1);
      capture(JoinedList.of(List.of(general.fitting(), general.heldOut())), folder.retained());
      captureHeldOut(general, folder.retainedHeldOut());
    }
    captureHeldOut(inputs.texts().get(0), folder.heldOut());
    return read(folder).orElseThrow();
  }

  private void captureHeldOut(CalibrationText text, Path target) throws IOException {
    if (!text.heldOut().isEmpty()) {
      capture(text.heldOut(), target);
    }
  }

  private void captureTask(RunFolder folder) throws IOException {
    if (readTask(folder).isPresent()) {
      return;
    }
    if (inputs.groups().size() == 1) {
      capture(inputs.text().batches(), folder.moments());
      return;
    }
    List<Path> parts = new ArrayList<>();
    for (List<TokenBatch> group : inputs.groups().values()) {
      Path part = folder.momentsOfGroup(parts.size());
      parts.add(part);
      capture(group, part);
    }
    MomentsMerge.merge(parts, folder.moments());
  }

  /** What the folder holds of a complete capture of all that this run needs. */
  private Optional<Captures> read(RunFolder folder) throws IOException {
    Optional<Captures> task = readTask(folder);
    Optional<MomentsStore> heldOut = complete(folder.heldOut());
    Optional<MomentsStore> general = complete(folder.retained());
    Optional<MomentsStore> generalHeldOut = complete(folder.retainedHeldOut());
    boolean whole = heldOut.isPresent() == !inputs.texts().get(0).heldOut().isEmpty();
    double weight = 0;
    if (inputs.texts().size() > 1) {
      CalibrationText text = inputs.texts().get(1);
      weight = text.weight();
      whole &= general.isPresent() && generalHeldOut.isPresent() == !text.heldOut().isEmpty();
    }
    double counts = weight;
    return whole
        ? task.map(captures -> captures.with(heldOut, general, generalHeldOut, counts))
        : Optional.empty();
  }

  private Optional<Captures> readTask(RunFolder folder) throws IOException {
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
    return Optional.of(
        new Captures(CalibrationMoments.of(all.get()), groups.build(), Optional.empty()));
  }

  private Optional<MomentsStore> complete(Path moments) throws IOException {
    return MomentsFiles.open(moments, device.deviceName())
        .filter(found -> inputs.signals().stream().allMatch(s -> found.ids().contains(s.id())));
  }

  private void prepare() {
    Threads.set(recipe.threads());
    SelfTest.run();
    if (inputs.text().skipped() > 0) {
      listener.warn(
          inputs.text().skipped() + " calibration samples had no tokens and were skipped");
    }
  }

  /** Captures text, unless that was done before. */
  private void capture(List<TokenBatch> batches, Path target) throws IOException {
    if (complete(target).isEmpty()) {
      Capture.run(
          inputs.dense(),
          inputs.signals(),
          batches,
          options(recipe, inputs.model().id()),
          device,
          target,
          listener);
    }
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

  static long memory(Recipe recipe) {
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
        folder.resumed()
            ? NetworkFiles.read(folder.networks()).filter(this::areAsAsked)
            : Optional.empty();
    if (before.isPresent()) {
      listener.note("resumed: the networks of the interrupted run are used");
      complain(before.get());
      return before.get();
    }
    folder.forget(Stage.NETWORKS);
    ImmutableMap<String, NetworkMaps> found = find(evidence, recipe.networks());
    complain(found);
    NetworkFiles.write(folder.networks(), found, recipe.networks());
    return found;
  }

  /** Whether networks are as many as the recipe says, and not as a search chose. */
  private boolean areAsAsked(ImmutableMap<String, NetworkMaps> found) {
    return found.values().stream()
        .map(NetworkMaps::components)
        .allMatch(
            count ->
                recipe.networks().components() instanceof Networks.Components.Fixed fixed
                    ? count.estimate().isEmpty() && count.count() == fixed.count()
                    : count.estimate().isPresent());
  }

  /**
   * So many networks of every unit; those of the recipe's own number are written.
   *
   * @param components k; the recipe's, or 0 for what the recipe says
   */
  ImmutableMap<String, NetworkMaps> networks(Captures evidence, RunFolder folder, int components) {
    Networks options = recipe.networks();
    boolean usual =
        components == 0 || options.components().equals(new Networks.Components.Fixed(components));
    try {
      return usual
          ? networks(evidence, folder)
          : find(evidence, options.with(new Networks.Components.Fixed(components)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Decomposes what was captured.
   *
   * @return networks by unit id
   */
  ImmutableMap<String, NetworkMaps> find(Captures evidence, Networks options) {
    ImmutableMap<String, String> units =
        inputs.structure().units().stream()
            .collect(
                ImmutableMap.toImmutableMap(
                    unit -> Signal.id(unit, options.signals()), PrunableUnit::id));
    ImmutableMap.Builder<String, NetworkMaps> networks = ImmutableMap.builder();
    NetworkFinder.find(
            groups(evidence, units.keySet()), options, recipe.seed(), memory(recipe), listener)
        .forEach((signal, maps) -> networks.put(requireNonNull(units.get(signal)), maps));
    return networks.buildOrThrow();
  }

  /** Each group's moments of the signals that networks are found in, with its text. */
  private ImmutableList<CalibrationGroup> groups(Captures evidence, ImmutableSet<String> signals) {
    ImmutableList<List<TokenBatch>> texts = inputs.groups().values().asList();
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

  private Projector projector(List<TokenBatch> text) {
    return new ProjectionCapture(
        inputs.dense(), inputs.signals(), text, memory(recipe), device, listener);
  }

  private void complain(ImmutableMap<String, NetworkMaps> networks) {
    networks.forEach(
        (unit, maps) -> maps.complaints().forEach(c -> listener.warn(unit + ": " + c)));
  }
}
