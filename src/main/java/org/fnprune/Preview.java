package org.fnprune;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.fnprune.capture.Capture;
import org.fnprune.capture.CapturePlan;
import org.fnprune.common.UsageException;
import org.fnprune.data.TokenBatch;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Shard;
import org.fnprune.report.RunReport.ModelFacts;
import org.fnprune.runtime.Devices;
import org.fnprune.runtime.InputSizes;
import org.fnprune.runtime.ModelRunException;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.select.Planner;
import org.fnprune.select.Selectors;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.verify.OnnxPredictor;

/**
 * What a command would do: everything it reads has been read and checked, one batch has run through
 * the model to be timed, nothing was written.
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
   * @param seconds about how long the capture would take; empty where the model does not run on a
   *     batch of the text alone
   */
  public record Text(
      ImmutableList<Group> groups, int skipped, CapturePlan plan, OptionalDouble seconds) {

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
        inputs.groups().isEmpty() ? Optional.empty() : Optional.of(text(recipe, inputs, device)),
        Optional.ofNullable(recipe.moments()),
        ImmutableList.copyOf(inputs.structure().units()),
        networks,
        removed);
  }

  private static Text text(Recipe recipe, RunInputs inputs, RuntimeOptions device)
      throws IOException {
    ImmutableList.Builder<Group> groups = ImmutableList.builder();
    for (Map.Entry<String, List<TokenBatch>> group : inputs.groups().entrySet()) {
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
            Capture.largest(inputs.text().batches()),
            Discovery.options(recipe, inputs.model().id()));
    return new Text(groups.build(), inputs.text().skipped(), plan, seconds(inputs, plan, device));
  }

  /**
   * Times a batch of medium length, once the model is warm. A capture runs the model once a pass,
   * and adds 2·d² operations for each token and unit of d neurons to the model's 2 for each
   * parameter. What is held out is captured again.
   */
  private static OptionalDouble seconds(RunInputs inputs, CapturePlan plan, RuntimeOptions device) {
    List<TokenBatch> text = inputs.text().batches();
    TokenBatch batch = text.get(text.size() / 2);
    long nanos;
    try (OnnxPredictor model =
        OnnxPredictor.open(inputs.dense().model(), device.with(InputSizes.of(inputs.folder())))) {
      model.predict(batch);
      long start = System.nanoTime();
      model.predict(batch);
      nanos = System.nanoTime() - start;
    } catch (ModelRunException | UsageException e) {
      return OptionalDouble.empty();
    }
    double products =
        inputs.signals().stream().mapToDouble(s -> (double) s.width() * s.width()).sum();
    double work = plan.passes().size() + products / inputs.structure().parameters();
    long heldOut = inputs.texts().get(0).heldOut().stream().mapToLong(TokenBatch::tokens).sum();
    long tokens = text.stream().mapToLong(TokenBatch::tokens).sum() + heldOut;
    return OptionalDouble.of(work * tokens * nanos / batch.tokens() / 1e9);
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
