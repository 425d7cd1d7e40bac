package org.fnprune;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.fnprune.capture.MomentsFiles;
import org.fnprune.capture.MomentsStore;
import org.fnprune.common.Hashes;
import org.fnprune.common.UsageException;
import org.fnprune.data.RandomTokens;
import org.fnprune.data.Samples;
import org.fnprune.data.TokenBatch;
import org.fnprune.data.Tokenizer;
import org.fnprune.model.Graph;
import org.fnprune.model.ModelFolder;
import org.fnprune.model.OnnxModel;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Shard;
import org.fnprune.select.Planner;
import org.fnprune.structure.Structure;
import org.fnprune.structure.StructureFinder;
import org.fnprune.verify.Task;

/**
 * Everything that a run reads, read and checked before anything is computed or written.
 *
 * @param folder where the model lies
 * @param dense the model's graph
 * @param structure what can be removed
 * @param groups batches of sample text by group, longest first; one group without a name where
 *     nothing is grouped, none when the recipe has no text
 * @param skipped calibration samples without tokens
 * @param captured moments captured before, in place of text
 * @param tasks what to measure
 */
record RunInputs(
    ModelFolder folder,
    Graph dense,
    Structure structure,
    ImmutableMap<String, ImmutableList<TokenBatch>> groups,
    int skipped,
    Optional<MomentsStore> captured,
    ImmutableList<Task> tasks) {

  private static final int DEFAULT_VOCABULARY = 32;

  /**
   * Reads model, text or moments, and tasks.
   *
   * @throws UsageException when any of it is unusable, or the model has too little to prune
   */
  static RunInputs read(Recipe recipe) {
    RunInputs model = ofModel(recipe);
    Planner.requireReachable(model.structure, recipe.prune());
    return model.withCaptured(recipe).withText(recipe, Shard.ALL, recipe.verify().tasks());
  }

  /**
   * Reads model and text or moments, no tasks.
   *
   * @param shard the part of the text that is wanted
   * @throws UsageException when any of it is unusable or there is neither text nor moments
   */
  static RunInputs ofText(Recipe recipe, Shard shard) {
    if (recipe.calibration() == null && recipe.moments() == null) {
      throw new UsageException(
          "calibration text is missing: there is nothing to capture", "give --calibration FILE");
    }
    return ofModel(recipe).withCaptured(recipe).withText(recipe, shard, ImmutableList.of());
  }

  private static RunInputs ofModel(Recipe recipe) {
    ModelFolder folder = ModelFolder.open(recipe.model());
    Graph dense = Graph.of(OnnxModel.read(folder.onnxFile()));
    Structure structure = StructureFinder.find(dense);
    if (structure.units().isEmpty()) {
      throw new UsageException(
          "model '" + recipe.model() + "' has no prunable units of kind ffn",
          "see 'fnprune inspect " + recipe.model() + "' for the reasons");
    }
    return new RunInputs(
        folder, dense, structure, ImmutableMap.of(), 0, Optional.empty(), ImmutableList.of());
  }

  private RunInputs withCaptured(Recipe recipe) {
    Path moments = recipe.moments();
    return moments == null
        ? this
        : new RunInputs(
            folder, dense, structure, groups, skipped, Optional.of(captured(moments)), tasks);
  }

  private MomentsStore captured(Path moments) {
    try {
      return MomentsFiles.require(
          moments, Hashes.sha256(folder.onnxFile()), Discovery.signals(this));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private RunInputs withText(Recipe recipe, Shard shard, List<Path> taskFiles) {
    Recipe.Calibration calibration = recipe.calibration();
    if (calibration == null && taskFiles.isEmpty()) {
      return this;
    }
    try (Tokenizer tokenizer = Tokenizer.open(tokenizerFile(folder))) {
      ImmutableList<Task> loaded =
          TaskFiles.load(taskFiles, folder, tokenizer, recipe.verify().limit());
      if (calibration == null) {
        return new RunInputs(folder, dense, structure, groups, skipped, captured, loaded);
      }
      Samples samples =
          Samples.read(calibration, recipe.networks().groups(), tokenizer).shard(shard);
      Positions.requireSamples(folder, calibration.maxSeqLength(), samples.longest());
      ImmutableMap.Builder<String, ImmutableList<TokenBatch>> batches = ImmutableMap.builder();
      samples
          .groups()
          .forEach(
              (name, group) ->
                  batches.put(name, group.batches(calibration.batchSize(), tokenizer.padId())));
      return new RunInputs(
          folder, dense, structure, batches.buildOrThrow(), samples.skipped(), captured, loaded);
    }
  }

  /** The batches of all groups. */
  ImmutableList<TokenBatch> calibration() {
    return groups.values().stream().flatMap(List::stream).collect(ImmutableList.toImmutableList());
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

  /** A few batches to compare models on: of the calibration text, or of random tokens. */
  ImmutableList<TokenBatch> sampleBatches(long seed) {
    ImmutableList<TokenBatch> calibration = calibration();
    int count = calibration.size();
    if (count == 0) {
      return ImmutableList.of(randomBatch(2, 16, seed), randomBatch(1, 7, seed + 1));
    }
    return ImmutableIntArray.of(0, count / 2, count - 1).stream()
        .distinct()
        .mapToObj(calibration::get)
        .collect(ImmutableList.toImmutableList());
  }

  /** A batch of random tokens that the model can take. */
  TokenBatch randomBatch(int rows, int length, long seed) {
    int vocabulary =
        folder.configNumber("vocab_size").map(Math::toIntExact).orElse(DEFAULT_VOCABULARY);
    int longest = Positions.of(folder).map(p -> (int) Math.min(p, length)).orElse(length);
    return RandomTokens.batch(rows, longest, vocabulary, seed);
  }
}
