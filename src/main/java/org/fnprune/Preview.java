package org.fnprune;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fnprune.capture.Capture;
import org.fnprune.capture.CapturePlan;
import org.fnprune.data.TokenBatch;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Shard;
import org.fnprune.report.RunReport.ModelFacts;
import org.fnprune.runtime.Devices;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.select.Planner;
import org.fnprune.select.Selectors;
import org.fnprune.structure.PrunableUnit;

/**
 * What a command would do: everything it reads has been read and checked, nothing was computed or
 * written.
 *
 * @param model the dense model
 * @param device what it would run on
 * @param text empty where no text is captured
 * @param moments the folder of moments captured before, if they are used
 * @param units what can be pruned
 * @param networks whether functional networks would be looked for
 * @param removed parameters that the budget asks to remove, before widths are rounded; empty where
 *     nothing would be removed
 */
public record Preview(
    Recipe recipe,
    ModelFacts model,
    String device,
    Optional<Text> text,
    Optional<Path> moments,
    ImmutableList<PrunableUnit> units,
    boolean networks,
    Optional<Long> removed) {

  /**
   * Text that would be captured.
   *
   * @param skipped samples that have no tokens
   * @param plan how often the capture goes over each group's text, and what that takes
   */
  public record Text(ImmutableList<Group> groups, int skipped, CapturePlan plan) {

    /** All groups together. */
    public Group total() {
      return new Group(
          "",
          groups.stream().mapToInt(Group::samples).sum(),
          groups.stream().mapToLong(Group::tokens).sum(),
          groups.stream().mapToInt(Group::batches).sum());
    }
  }

  /** A group of samples; its name is empty where nothing is grouped. */
  public record Group(String name, int samples, long tokens, int batches) {}

  /**
   * What {@link Pipeline#run} would do.
   *
   * @throws org.fnprune.common.UsageException when it would be refused
   */
  public static Preview ofRun(Recipe recipe, boolean force, Pipeline.Listener listener)
      throws IOException {
    RunInputs inputs = RunInputs.read(recipe);
    requireRunFolder(recipe, inputs, force);
    return of(
        recipe,
        inputs,
        Selectors.mayNeedNetworks(recipe.prune()),
        Optional.of(Planner.parametersToRemove(inputs.structure(), recipe.prune().budget())),
        listener);
  }

  /**
   * What {@link Discovery#networks} would do.
   *
   * @throws org.fnprune.common.UsageException when it would be refused
   */
  public static Preview ofNetworks(Recipe recipe, boolean force, Pipeline.Listener listener)
      throws IOException {
    RunInputs inputs = RunInputs.ofNetworks(recipe);
    requireRunFolder(recipe, inputs, force);
    return of(recipe, inputs, true, Optional.empty(), listener);
  }

  /**
   * What {@link Discovery#capture} would do.
   *
   * @throws org.fnprune.common.UsageException when it would be refused
   */
  public static Preview ofCapture(
      Recipe recipe, Path output, Shard shard, boolean force, Pipeline.Listener listener)
      throws IOException {
    RunInputs inputs = Discovery.inputsOfCapture(recipe, output, shard);
    ProductFolder.ofMoments(output, force);
    return of(recipe, inputs, false, Optional.empty(), listener);
  }

  /**
   * What {@link Lesion} or {@link Sweep} would capture.
   *
   * @param command the name of either
   * @throws org.fnprune.common.UsageException when it would be refused
   */
  public static Preview ofMasks(
      Recipe recipe, String command, boolean force, Pipeline.Listener listener) throws IOException {
    RunInputs inputs = RunInputs.ofMasks(recipe, command);
    MaskRun.folder(recipe, command, inputs, force);
    return of(recipe, inputs, true, Optional.empty(), listener);
  }

  private static void requireRunFolder(Recipe recipe, RunInputs inputs, boolean force)
      throws IOException {
    String lock = Lock.text(recipe, inputs, Version.current());
    RunFolder.open(recipe.output(), lock, force, inputs.folder());
  }

  private static Preview of(
      Recipe recipe,
      RunInputs inputs,
      boolean networks,
      Optional<Long> removed,
      Pipeline.Listener listener)
      throws IOException {
    inputs.data().warnings().forEach(listener::warn);
    RuntimeOptions device = Devices.choose(recipe.device(), recipe.threads(), listener::warn);
    return new Preview(
        recipe,
        Verification.facts(inputs.folder().onnxFile(), inputs.dense().model(), inputs.hashes()),
        device.deviceName(),
        inputs.groups().isEmpty() ? Optional.empty() : Optional.of(text(recipe, inputs)),
        Optional.ofNullable(recipe.moments()),
        ImmutableList.copyOf(inputs.structure().units()),
        networks,
        removed);
  }

  private static Text text(Recipe recipe, RunInputs inputs) throws IOException {
    ImmutableList.Builder<Group> groups = ImmutableList.builder();
    for (Map.Entry<String, ImmutableList<TokenBatch>> group : inputs.groups().entrySet()) {
      List<TokenBatch> batches = group.getValue();
      groups.add(
          new Group(
              group.getKey(),
              batches.stream().mapToInt(TokenBatch::size).sum(),
              batches.stream().mapToLong(TokenBatch::tokens).sum(),
              batches.size()));
    }
    CapturePlan plan =
        CapturePlan.of(
            inputs.signals(),
            Capture.largest(inputs.calibration()),
            Discovery.options(recipe, inputs.modelId()));
    return new Text(groups.build(), inputs.skipped(), plan);
  }

  /** Parameters that would stay, before widths are rounded. */
  public long parametersLeft() {
    return model.parameters() - removed.orElse(0L);
  }

  /** About how many bytes the model's files would have: as many per parameter as now. */
  public long bytesLeft() {
    return Math.round((double) model.bytes() * parametersLeft() / model.parameters());
  }
}
