package org.fnprune;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.file.Path;
import java.util.Optional;
import org.fnprune.common.UsageException;
import org.fnprune.data.RandomTokens;
import org.fnprune.data.Samples;
import org.fnprune.data.TokenBatch;
import org.fnprune.data.Tokenizer;
import org.fnprune.model.Graph;
import org.fnprune.model.ModelFolder;
import org.fnprune.model.OnnxModel;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.TaskReader;
import org.fnprune.structure.Structure;
import org.fnprune.structure.StructureFinder;
import org.fnprune.verify.Task;
import org.fnprune.verify.Tasks;

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
   * @throws UsageException when any of it is unusable, or the model has nothing to prune
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
    Recipe.Calibration calibration = recipe.calibration();
    if (calibration == null && recipe.verify().tasks().isEmpty()) {
      return new RunInputs(folder, dense, structure, ImmutableList.of(), 0, ImmutableList.of());
    }
    try (Tokenizer tokenizer = Tokenizer.open(tokenizerFile(folder))) {
      ImmutableList.Builder<Task> tasks = ImmutableList.builder();
      for (Path task : recipe.verify().tasks()) {
        tasks.add(Tasks.load(TaskReader.read(task), tokenizer, recipe.verify().limit()));
      }
      if (calibration == null) {
        return new RunInputs(folder, dense, structure, ImmutableList.of(), 0, tasks.build());
      }
      Samples samples = Samples.read(calibration, tokenizer);
      requirePositions(samples, folder, calibration.maxSeqLength());
      return new RunInputs(
          folder,
          dense,
          structure,
          samples.batches(calibration.batchSize(), tokenizer.padId()),
          samples.skipped(),
          tasks.build());
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

  private static void requirePositions(Samples samples, ModelFolder folder, int asked) {
    int longest =
        samples.sequences().stream().mapToInt(ImmutableIntArray::length).max().orElseThrow();
    Optional<Long> positions = positions(folder);
    if (positions.isPresent() && longest > positions.get()) {
      throw new UsageException(
          "max_seq_length "
              + asked
              + " lets samples be "
              + longest
              + " tokens long, but the model has "
              + positions.get()
              + " positions (config.json)",
          "set max_seq_length to " + positions.get() + " or less");
    }
  }

  /** The longest sequence that the model takes, if its configuration says. */
  private static Optional<Long> positions(ModelFolder folder) {
    return folder
        .configNumber("n_positions")
        .or(() -> folder.configNumber("max_position_embeddings"));
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
    int longest = positions(folder).map(p -> (int) Math.min(p, length)).orElse(length);
    return RandomTokens.batch(rows, longest, vocabulary, seed);
  }
}
