package org.fnprune;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.file.Path;
import org.fnprune.common.UsageException;
import org.fnprune.data.RandomTokens;
import org.fnprune.data.Samples;
import org.fnprune.data.TokenBatch;
import org.fnprune.data.Tokenizer;
import org.fnprune.model.Graph;
import org.fnprune.model.ModelFolder;
import org.fnprune.model.OnnxModel;
import org.fnprune.recipe.Recipe;
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
 * @param calibration batches of sample text, longest first; empty when the recipe has none
 * @param skipped calibration samples without tokens
 * @param tasks what to measure
 */
record RunInputs(
    ModelFolder folder,
    Graph dense,
    Structure structure,
    ImmutableList<TokenBatch> calibration,
    int skipped,
    ImmutableList<Task> tasks) {

  private static final int DEFAULT_VOCABULARY = 32;

  /**
   * Reads model, text and tasks.
   *
   * @throws UsageException when any of it is unusable, or the model has too little to prune
   */
  static RunInputs read(Recipe recipe) {
    ModelFolder folder = ModelFolder.open(recipe.model());
    Graph dense = Graph.of(OnnxModel.read(folder.onnxFile()));
    Structure structure = StructureFinder.find(dense);
    if (structure.units().isEmpty()) {
      throw new UsageException(
          "model '" + recipe.model() + "' has no prunable units of kind ffn",
          "see 'fnprune inspect " + recipe.model() + "' for the reasons");
    }
    Planner.requireReachable(structure, recipe.prune());
    Recipe.Calibration calibration = recipe.calibration();
    if (calibration == null && recipe.verify().tasks().isEmpty()) {
      return new RunInputs(folder, dense, structure, ImmutableList.of(), 0, ImmutableList.of());
    }
    try (Tokenizer tokenizer = Tokenizer.open(tokenizerFile(folder))) {
      ImmutableList<Task> tasks =
          TaskFiles.load(recipe.verify().tasks(), folder, tokenizer, recipe.verify().limit());
      if (calibration == null) {
        return new RunInputs(folder, dense, structure, ImmutableList.of(), 0, tasks);
      }
      Samples samples = Samples.read(calibration, recipe.networks().groups(), tokenizer);
      Positions.requireSamples(folder, calibration.maxSeqLength(), samples.longest());
      return new RunInputs(
          folder,
          dense,
          structure,
          samples.batches(calibration.batchSize(), tokenizer.padId()),
          samples.skipped(),
          tasks);
    }
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
