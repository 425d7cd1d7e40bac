package org.fnprune;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.fnprune.capture.Signal;
import org.fnprune.common.FileHashes;
import org.fnprune.common.UsageException;
import org.fnprune.model.Graph;
import org.fnprune.model.ModelFolder;
import org.fnprune.model.OnnxModel;
import org.fnprune.recipe.Networks.Signals;
import org.fnprune.recipe.Recipe;
import org.fnprune.structure.FfnOutputs;
import org.fnprune.structure.Structure;
import org.fnprune.structure.StructureFinder;

/**
 * The dense model of a run.
 *
 * @param folder where the model lies
 * @param otherFiles that were beside it when it was read
 * @param dense the model's graph
 * @param found what could be removed, of every kind
 * @param structure what may be removed: the units of the recipe's targets
 * @param hashes of the files that were read
 */
record ModelInput(
    ModelFolder folder,
    ImmutableList<Path> otherFiles,
    Graph dense,
    Structure found,
    Structure structure,
    FileHashes hashes) {

  /**
   * Reads it.
   *
   * @throws UsageException when it is unusable, or has no unit of the recipe's targets
   */
  static ModelInput read(Recipe recipe) {
    ModelFolder folder = ModelFolder.open(recipe.model());
    Graph dense = Graph.of(OnnxModel.read(folder.onnxFile()));
    dense.model().checkExternalData();
    Structure found = FfnOutputs.addTo(dense, StructureFinder.find(dense));
    return new ModelInput(
        folder, otherFiles(folder), dense, found, Targets.of(found, recipe), new FileHashes());
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

  /** These signals of every unit. */
  ImmutableList<Signal> signals(Signals... kinds) {
    return Stream.of(kinds)
        .distinct()
        .flatMap(kind -> structure.units().stream().map(unit -> Signal.of(dense, unit, kind)))
        .distinct()
        .collect(ImmutableList.toImmutableList());
  }

  /** What identifies the model: a hash of all its files. */
  String id() {
    try {
      return Verification.facts(folder.onnxFile(), dense.model(), hashes).sha256();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Batches of random tokens that the model can take. */
  RandomBatches random() {
    return new RandomBatches(folder, dense);
  }

  Path tokenizerFile() {
    return tokenizerFile(folder);
  }

  /**
   * The tokenizer beside a model.
   *
   * @throws UsageException when there is none
   */
  static Path tokenizerFile(ModelFolder folder) {
    return folder
        .tokenizer()
        .orElseThrow(
            () ->
                new UsageException(
                    "no tokenizer.json beside " + folder.onnxFile(),
                    "put the model's Hugging Face tokenizer.json into its folder"));
  }
}
