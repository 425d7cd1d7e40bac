package org.fnprune;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.fnprune.capture.MomentsFiles;
import org.fnprune.capture.MomentsStore;
import org.fnprune.capture.Signal;
import org.fnprune.common.FileHashes;
import org.fnprune.common.UsageException;
import org.fnprune.data.CalibrationText;
import org.fnprune.data.Datasets;
import org.fnprune.data.LazyTokenizer;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.Graph;
import org.fnprune.model.ModelFolder;
import org.fnprune.recipe.Networks;
import org.fnprune.recipe.Networks.Signals;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Shard;
import org.fnprune.runtime.Devices;
import org.fnprune.runtime.InputSizes;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.select.Planner;
import org.fnprune.select.Selectors;
import org.fnprune.structure.FiniteWeights;
import org.fnprune.structure.Structure;
import org.fnprune.structure.UnitKind;
import org.fnprune.verify.Task;

/**
 * Everything that a run reads, read and checked before anything is computed or written.
 *
 * @param model the dense model
 * @param signals what is captured of the text
 * @param captured moments captured before, in place of text
 * @param text sample text
 * @param tasks what to measure
 * @param data what was read of each dataset
 */
record RunInputs(
    ModelInput model,
    ImmutableList<Signal> signals,
    Optional<MomentsStore> captured,
    CalibrationInput text,
    ImmutableList<Task> tasks,
    Datasets data) {

  /**
   * Reads model, text or moments, and tasks.
   *
   * @throws UsageException when any of it is unusable, or the model has too little to prune
   */
  static RunInputs read(Recipe recipe) {
    ModelInput model = ModelInput.read(recipe);
    Planner.requireReachable(model.structure(), recipe.prune());
    FiniteWeights.require(model.dense(), model.structure());
    Signals source = Signals.ACTIVATION;
    if (Selectors.mayNeedNetworks(recipe.prune())) {
      source = recipe.networks().signals();
      requireNeuronsOfTargets(
          source, model.structure(), ", another selector, or the command networks");
    }
    return withCaptured(
        recipe, model, model.signals(Signals.ACTIVATION, source), recipe.verify().tasks());
  }

  /** Networks over one set of neurons say nothing of another set. */
  private static void requireNeuronsOfTargets(Signals source, Structure targets, String help) {
    if (source == Signals.FFN_OUT && targets.kinds().contains(UnitKind.FFN)) {
      throw new UsageException(
          "networks.source ffn-out finds networks over what the down projections write, which say"
              + " nothing of the ffn neurons that are to be removed",
          "use source activation or activation-and-up" + help);
    }
  }

  /**
   * Reads model and text or moments to find networks in, no tasks.
   *
   * @throws UsageException when any of it is unusable or there is neither text nor moments
   */
  static RunInputs ofNetworks(Recipe recipe) {
    requireEvidence(recipe);
    ModelInput model = ModelInput.read(recipe);
    return withCaptured(
        recipe, model, model.signals(recipe.networks().signals()), ImmutableList.of());
  }

  /**
   * Reads model, text or moments, and the tasks that are measured with neurons masked.
   *
   * @param command that needs them
   * @throws UsageException when any of it is unusable, or there are no tasks
   */
  static RunInputs ofMasks(Recipe recipe, String command) {
    requireEvidence(recipe);
    if (recipe.verify().tasks().isEmpty()) {
      throw new UsageException(
          command + " measures tasks, but the recipe has none",
          "add --task FILE, or verify: {tasks: [FILE]} to the recipe");
    }
    ModelInput model = ModelInput.read(recipe);
    Signals source = recipe.networks().signals();
    requireNeuronsOfTargets(source, model.structure(), ", or target ffn_out");
    return withCaptured(
        recipe, model, model.signals(Signals.ACTIVATION, source), recipe.verify().tasks());
  }

  /**
   * Reads model and text to capture.
   *
   * @param shard the part of the text that is wanted
   * @throws UsageException when any of it is unusable or there is no text
   */
  static RunInputs ofCapture(Recipe recipe, Shard shard) {
    requireEvidence(recipe);
    if (recipe.calibration() == null) {
      throw new UsageException(
          "there is no calibration text to capture, only moments in " + recipe.moments(),
          "give --calibration FILE");
    }
    ModelInput model = ModelInput.read(recipe);
    return withText(
        recipe,
        model,
        model.signals(Signals.ACTIVATION, recipe.networks().signals()),
        Optional.empty(),
        shard,
        ImmutableList.of());
  }

  private static void requireEvidence(Recipe recipe) {
    if (recipe.calibration() == null && recipe.moments() == null) {
      throw new UsageException(
          "calibration text is missing: there is nothing to capture", "give --calibration FILE");
    }
  }

  private static RunInputs withCaptured(
      Recipe recipe, ModelInput model, ImmutableList<Signal> signals, List<Path> taskFiles) {
    Path moments = recipe.moments();
    if (moments != null && recipe.networks().method() == Networks.Method.TEMPORAL_ICA) {
      throw new UsageException(
          "temporal-ica goes over the text a second time, but there are only moments in " + moments,
          "use --method spatial-ica, or give --calibration FILE");
    }
    Optional<MomentsStore> captured =
        Optional.ofNullable(moments)
            .map(folder -> MomentsFiles.require(folder, model.id(), signals));
    return withText(recipe, model, signals, captured, Shard.ALL, taskFiles);
  }

  private static RunInputs withText(
      Recipe recipe,
      ModelInput model,
      ImmutableList<Signal> signals,
      Optional<MomentsStore> captured,
      Shard shard,
      List<Path> taskFiles) {
    Datasets data = new Datasets(recipe.skipBadRows());
    try (LazyTokenizer tokenizer = new LazyTokenizer(model::tokenizerFile)) {
      ImmutableList<Task> tasks =
          TaskFiles.load(taskFiles, model.folder(), data, tokenizer, recipe.verify().limit());
      CalibrationInput text =
          recipe.calibration() == null
              ? CalibrationInput.NONE
              : CalibrationInput.read(recipe, shard, model, tokenizer.get(), data);
      return new RunInputs(model, signals, captured, text, tasks, data);
    }
  }

  /** Where the model lies. */
  ModelFolder folder() {
    return model.folder();
  }

  /** The model's graph. */
  Graph dense() {
    return model.dense();
  }

  /** What could be removed, of every kind. */
  Structure found() {
    return model.found();
  }

  /** What may be removed: the units of the recipe's targets. */
  Structure structure() {
    return model.structure();
  }

  /** Of the files that were read. */
  FileHashes hashes() {
    return model.hashes();
  }

  /** Batches of the text by group. */
  ImmutableMap<String, List<TokenBatch>> groups() {
    return text.groups();
  }

  /** The text with a part held out, and the text to retain. */
  ImmutableList<CalibrationText> texts() {
    return text.texts();
  }

  /**
   * How the model is to be run.
   *
   * @param warnings told what was left out of the data, and why CUDA was not used
   */
  RuntimeOptions device(Recipe recipe, Consumer<String> warnings) {
    data.warnings().forEach(warnings);
    return Devices.choose(recipe.device(), recipe.threads(), warnings)
        .with(InputSizes.of(model.folder()));
  }

  /** A few batches to compare models on: of the calibration text, or of random tokens. */
  ImmutableList<TokenBatch> sampleBatches(long seed) {
    List<TokenBatch> calibration = text.batches();
    int count = calibration.size();
    if (count == 0) {
      return model.random().some(seed);
    }
    return ImmutableIntArray.of(0, count / 2, count - 1).stream()
        .distinct()
        .mapToObj(calibration::get)
        .collect(ImmutableList.toImmutableList());
  }
}
