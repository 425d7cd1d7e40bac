package org.fnprune;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.fnprune.capture.MomentsFiles;
import org.fnprune.capture.MomentsStore;
import org.fnprune.capture.Signal;
import org.fnprune.common.FileHashes;
import org.fnprune.common.JoinedList;
import org.fnprune.common.UsageException;
import org.fnprune.data.CalibrationText;
import org.fnprune.data.Datasets;
import org.fnprune.data.LazyTokenizer;
import org.fnprune.data.Samples;
import org.fnprune.data.TokenBatch;
import org.fnprune.data.Tokenizer;
import org.fnprune.model.Graph;
import org.fnprune.model.ModelFolder;
import org.fnprune.model.OnnxModel;
import org.fnprune.recipe.Networks;
import org.fnprune.recipe.Networks.Signals;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Shard;
import org.fnprune.runtime.Devices;
import org.fnprune.runtime.InputSizes;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.select.Planner;
import org.fnprune.select.Selectors;
import org.fnprune.structure.FfnOutputs;
import org.fnprune.structure.FiniteWeights;
import org.fnprune.structure.Structure;
import org.fnprune.structure.StructureFinder;
import org.fnprune.structure.UnitKind;
import org.fnprune.verify.Task;

/**
 * Everything that a run reads, read and checked before anything is computed or written.
 *
 * @param folder where the model lies
 * @param otherFiles that were beside it when it was read
 * @param dense the model's graph
 * @param found what could be removed, of every kind
 * @param structure what may be removed: the units of the recipe's targets
 * @param signals what is captured of the text
 * @param groups batches of sample text by group, longest first; one group without a name where
 *     nothing is grouped, none when the recipe has no text
 * @param texts the same text, with a part held out, and then the text to retain; none when the
 *     recipe has no text
 * @param skipped calibration samples without tokens
 * @param captured moments captured before, in place of text
 * @param tasks what to measure
 * @param data what was read of each dataset
 * @param hashes of the files that were read
 */
record RunInputs(
    ModelFolder folder,
    ImmutableList<Path> otherFiles,
    Graph dense,
    Structure found,
    Structure structure,
    ImmutableList<Signal> signals,
    ImmutableMap<String, List<TokenBatch>> groups,
    ImmutableList<CalibrationText> texts,
    int skipped,
    Optional<MomentsStore> captured,
    ImmutableList<Task> tasks,
    Datasets data,
    FileHashes hashes) {

  /**
   * Reads model, text or moments, and tasks.
   *
   * @throws UsageException when any of it is unusable, or the model has too little to prune
   */
  static RunInputs read(Recipe recipe) {
    RunInputs model = ofModel(recipe);
    Planner.requireReachable(model.structure, recipe.prune());
    FiniteWeights.require(model.dense, model.structure);
    boolean networks = Selectors.mayNeedNetworks(recipe.prune());
    if (networks) {
      requireNeuronsOfTargets(
          recipe.networks().signals(),
          model.structure,
          ", another selector, or the command networks");
    }
    return model
        .capturing(Signals.ACTIVATION, networks ? recipe.networks().signals() : Signals.ACTIVATION)
        .withCaptured(recipe)
        .withText(recipe, Shard.ALL, recipe.verify().tasks());
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
    return ofModel(recipe)
        .capturing(recipe.networks().signals())
        .withCaptured(recipe)
        .withText(recipe, Shard.ALL, ImmutableList.of());
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
    RunInputs model = ofModel(recipe);
    Signals source = recipe.networks().signals();
    requireNeuronsOfTargets(source, model.structure, ", or target ffn_out");
    return model
        .capturing(Signals.ACTIVATION, source)
        .withCaptured(recipe)
        .withText(recipe, Shard.ALL, recipe.verify().tasks());
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
    return ofModel(recipe)
        .capturing(Signals.ACTIVATION, recipe.networks().signals())
        .withText(recipe, shard, ImmutableList.of());
  }

  private static void requireEvidence(Recipe recipe) {
    if (recipe.calibration() == null && recipe.moments() == null) {
      throw new UsageException(
          "calibration text is missing: there is nothing to capture", "give --calibration FILE");
    }
  }

  private static RunInputs ofModel(Recipe recipe) {
    ModelFolder folder = ModelFolder.open(recipe.model());
    Graph dense = Graph.of(OnnxModel.read(folder.onnxFile()));
    dense.model().checkExternalData();
    Structure found = FfnOutputs.addTo(dense, StructureFinder.find(dense));
    return new RunInputs(
        folder,
        otherFiles(folder),
        dense,
        found,
        Targets.of(found, recipe),
        ImmutableList.of(),
        ImmutableMap.of(),
        ImmutableList.of(),
        0,
        Optional.empty(),
        ImmutableList.of(),
        new Datasets(recipe.skipBadRows()),
        new FileHashes());
  }

  private static ImmutableList<Path> otherFiles(ModelFolder folder) {
    try {
      return ImmutableList.copyOf(folder.otherFiles());
    } catch (IOException | UncheckedIOException e) {
      throw new UsageException(
          "model folder '" + folder.root() + "' cannot be listed: " + e.getMessage(),
          "check its permissions, or name the .onnx file alone",
          e);
    }
  }

  /** Captures these signals of every unit. */
  private RunInputs capturing(Signals... kinds) {
    ImmutableList<Signal> wanted =
        Stream.of(kinds)
            .distinct()
            .flatMap(kind -> structure.units().stream().map(unit -> Signal.of(dense, unit, kind)))
            .distinct()
            .collect(ImmutableList.toImmutableList());
    return new RunInputs(
        folder,
        otherFiles,
        dense,
        found,
        structure,
        wanted,
        groups,
        texts,
        skipped,
        captured,
        tasks,
        data,
        hashes);
  }

  private RunInputs withCaptured(Recipe recipe) {
    Path moments = recipe.moments();
    if (moments == null) {
      return this;
    }
    if (recipe.networks().method() == Networks.Method.TEMPORAL_ICA) {
      throw new UsageException(
          "temporal-ica goes over the text a second time, but there are only moments in " + moments,
          "use --method spatial-ica, or give --calibration FILE");
    }
    MomentsStore store = MomentsFiles.require(moments, modelId(), signals);
    return new RunInputs(
        folder,
        otherFiles,
        dense,
        found,
        structure,
        signals,
        groups,
        texts,
        skipped,
        Optional.of(store),
        tasks,
        data,
        hashes);
  }

  /** What identifies the model: a hash of all its files. */
  String modelId() {
    try {
      return Verification.facts(folder.onnxFile(), dense.model(), hashes).sha256();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private RunInputs withText(Recipe recipe, Shard shard, List<Path> taskFiles) {
    Recipe.Calibration calibration = recipe.calibration();
    if (calibration == null && taskFiles.isEmpty()) {
      return this;
    }
    try (LazyTokenizer lazy = new LazyTokenizer(() -> tokenizerFile(folder))) {
      ImmutableList<Task> loaded =
          TaskFiles.load(taskFiles, folder, data, lazy, recipe.verify().limit());
      if (calibration == null) {
        return new RunInputs(
            folder,
            otherFiles,
            dense,
            found,
            structure,
            signals,
            groups,
            texts,
            skipped,
            captured,
            loaded,
            data,
            hashes);
      }
      Tokenizer tokenizer = lazy.get();
      Samples samples =
          Samples.read(calibration, recipe.networks().groups(), tokenizer, data, recipe.seed())
              .shard(shard);
      Positions.requireSamples(folder, calibration.maxSeqLength(), samples.longest());
      Vocabulary.require(dense, samples.largestId(), tokenizerFile(folder));
      ImmutableMap.Builder<String, List<TokenBatch>> batches = ImmutableMap.builder();
      samples
          .groups()
          .forEach(
              (name, group) ->
                  batches.put(name, group.batches(calibration.batchSize(), tokenizer.padId())));
      return new RunInputs(
          folder,
          otherFiles,
          dense,
          found,
          structure,
          signals,
          batches.buildOrThrow(),
          texts(recipe, samples, shard, tokenizer),
          samples.skipped(),
          captured,
          loaded,
          data,
          hashes);
    }
  }

  private ImmutableList<CalibrationText> texts(
      Recipe recipe, Samples samples, Shard shard, Tokenizer tokenizer) {
    Recipe.Calibration calibration = requireNonNull(recipe.calibration());
    ImmutableList.Builder<CalibrationText> texts = ImmutableList.builder();
    texts.add(samples.split(calibration.batchSize(), tokenizer.padId(), 1));
    Optional<Recipe.Calibration> retain = calibration.ofRetain();
    if (retain.isPresent()) {
      Samples general =
          Samples.read(retain.get(), new Networks.Groups.Shards(1), tokenizer, data, recipe.seed())
              .shard(shard);
      Positions.requireSamples(folder, calibration.maxSeqLength(), general.longest());
      Vocabulary.require(dense, general.largestId(), tokenizerFile(folder));
      texts.add(
          general.split(
              calibration.batchSize(),
              tokenizer.padId(),
              requireNonNull(calibration.retain()).weight()));
    }
    return texts.build();
  }

  /** The batches of all groups. */
  List<TokenBatch> calibration() {
    return JoinedList.of(groups.values());
  }

  static Path tokenizerFile(ModelFolder folder) {
    return folder
        .tokenizer()
        .orElseThrow(
            () ->
                new UsageException(
                    "no tokenizer.json beside " + folder.onnxFile(),
                    "put the model's Hugging Face tokenizer.json into its folder"));
  }

  /**
   * How the model is to be run.
   *
   * @param warnings told what was left out of the data, and why CUDA was not used
   */
  RuntimeOptions device(Recipe recipe, Consumer<String> warnings) {
    data.warnings().forEach(warnings);
    return Devices.choose(recipe.device(), recipe.threads(), warnings).with(InputSizes.of(folder));
  }

  /** A few batches to compare models on: of the calibration text, or of random tokens. */
  ImmutableList<TokenBatch> sampleBatches(long seed) {
    List<TokenBatch> calibration = calibration();
    int count = calibration.size();
    if (count == 0) {
      return random().some(seed);
    }
    return ImmutableIntArray.of(0, count / 2, count - 1).stream()
        .distinct()
        .mapToObj(calibration::get)
        .collect(ImmutableList.toImmutableList());
  }

  /** Batches of random tokens that the model can take. */
  RandomBatches random() {
    return new RandomBatches(folder, dense);
  }
}
