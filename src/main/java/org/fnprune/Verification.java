package org.fnprune;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.fnprune.common.Hashes;
import org.fnprune.common.Progress;
import org.fnprune.model.OnnxModel;
import org.fnprune.recipe.Recipe;
import org.fnprune.report.RunReport.ModelFacts;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.verify.Comparison;
import org.fnprune.verify.Gate;
import org.fnprune.verify.LatencyBenchmark;
import org.fnprune.verify.LatencyResult;
import org.fnprune.verify.OnnxPredictor;
import org.fnprune.verify.PairedTest;
import org.fnprune.verify.Task;

/**
 * Dense and slim side by side: the files as they lie on disk, on the same inputs, in one process.
 *
 * @param tasks every metric of every task
 * @param latency empty when it was not asked for
 */
record Verification(
    ModelFacts denseFacts,
    ModelFacts slimFacts,
    ImmutableList<Comparison> tasks,
    ImmutableList<LatencyResult> latency,
    Gate gate) {

  static Verification of(
      Recipe recipe, RunInputs inputs, Path slimFolder, RuntimeOptions device, Progress progress)
      throws IOException {
    Path slimFile =
        slimFolder.resolve(
            inputs.folder().root().relativize(inputs.folder().onnxFile()).toString());
    OnnxModel denseModel = inputs.dense().model();
    OnnxModel slimModel = OnnxModel.read(slimFile);
    try (OnnxPredictor dense = OnnxPredictor.open(denseModel, device);
        OnnxPredictor slim = OnnxPredictor.open(slimModel, device)) {
      ImmutableList<Comparison> tasks =
          compare(inputs.tasks(), dense, slim, recipe.seed(), progress);
      Recipe.Latency grid = recipe.verify().latency();
      ImmutableList<LatencyResult> latency =
          grid == null
              ? ImmutableList.of()
              : ImmutableList.copyOf(
                  LatencyBenchmark.run(
                      dense,
                      slim,
                      grid,
                      rows -> inputs.randomBatch(rows, grid.sequenceLength(), recipe.seed()),
                      progress));
      return new Verification(
          facts(inputs.folder().onnxFile(), denseModel),
          facts(slimFile, slimModel),
          tasks,
          latency,
          Gate.check(tasks, recipe.verify().maxDrop()));
    }
  }

  private static ImmutableList<Comparison> compare(
      ImmutableList<Task> tasks,
      OnnxPredictor dense,
      OnnxPredictor slim,
      long seed,
      Progress progress) {
    ImmutableList.Builder<Comparison> comparisons = ImmutableList.builder();
    progress.start("verify", tasks.size(), "tasks");
    for (Task task : tasks) {
      comparisons.addAll(PairedTest.compare(task.evaluate(dense), task.evaluate(slim), seed));
      progress.advance(1);
    }
    progress.done();
    return comparisons.build();
  }

  /** Size and hash of a model: its file and its external data. */
  static ModelFacts facts(Path file, OnnxModel model) throws IOException {
    Set<Path> files = new TreeSet<>();
    files.addAll(model.externalFiles());
    long bytes = Files.size(file);
    StringBuilder hashes = new StringBuilder(Hashes.sha256(file));
    for (Path data : files) {
      bytes += Files.size(data);
      hashes.append('+').append(Hashes.sha256(data));
    }
    return new ModelFacts(file.toString(), model.parameters(), bytes, hashes.toString());
  }
}
