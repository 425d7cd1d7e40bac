package org.fnprune;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.fnprune.common.FileHashes;
import org.fnprune.common.Progress;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.OnnxModel;
import org.fnprune.recipe.Recipe;
import org.fnprune.report.RunReport.Alone;
import org.fnprune.report.RunReport.ModelFacts;
import org.fnprune.runtime.OnnxSession;
import org.fnprune.runtime.PeakMemory;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.verify.Baselines;
import org.fnprune.verify.Comparison;
import org.fnprune.verify.Gate;
import org.fnprune.verify.LatencyBenchmark;
import org.fnprune.verify.LatencyResult;
import org.fnprune.verify.MetricResult;
import org.fnprune.verify.OnnxPredictor;
import org.fnprune.verify.TaskScores;

/**
 * Dense and slim side by side, on the same inputs, in one process; the slim model as its file lies
 * on disk.
 *
 * @param tasks every metric of every task
 * @param slimScores of the slim model on each task
 * @param alone each model's scores by itself
 * @param latency empty when it was not asked for
 */
record Verification(
    ModelFacts denseFacts,
    ModelFacts slimFacts,
    ImmutableList<Comparison> tasks,
    ImmutableList<TaskScores> slimScores,
    Alone alone,
    ImmutableList<LatencyResult> latency,
    Gate gate) {

  /**
   * What the dense model does on the tasks. Taken before anything is written, so that a task that
   * does not fit the model costs nothing.
   *
   * @throws org.fnprune.common.UsageException when a task does not fit the model
   */
  static Baselines dense(RunInputs inputs, RuntimeOptions device, Progress progress) {
    if (inputs.tasks().isEmpty()) {
      return Baselines.NONE;
    }
    try (OnnxPredictor dense = OnnxPredictor.open(inputs.dense().model(), device)) {
      progress.start("dense tasks", inputs.tasks().size(), "tasks");
      Baselines baselines = Baselines.of(inputs.tasks(), dense, () -> progress.advance(1));
      progress.done();
      return baselines;
    }
  }

  /** Measures the slim model, and latency of both. */
  static Verification of(
      Recipe recipe,
      RunInputs inputs,
      Baselines baselines,
      Path slimFolder,
      RuntimeOptions device,
      Progress progress)
      throws IOException {
    Path slimFile =
        slimFolder.resolve(
            inputs.folder().root().relativize(inputs.folder().onnxFile()).toString());
    OnnxModel denseModel = inputs.dense().model();
    OnnxModel slimModel = OnnxModel.read(slimFile);
    ImmutableList<TaskScores> slimScores;
    ImmutableList<LatencyResult> latency;
    boolean measured = !inputs.tasks().isEmpty() || recipe.verify().latency() != null;
    OnnxSession.Weights weights =
        measured ? OnnxSession.Weights.COPIED : OnnxSession.Weights.MAPPED;
    try (OnnxPredictor slim = OnnxPredictor.ofFile(slimFile, slimModel, device, weights)) {
      slimScores = scores("slim tasks", baselines, slim, progress);
      latency = latency(recipe, inputs, slim, device, progress);
    }
    latency =
        withMemory(
            latency,
            inputs.folder().onnxFile(),
            slimFile,
            denseModel.graph().getOutput(0).getName(),
            inputs.model().random(),
            recipe.seed(),
            device);
    ImmutableList<Comparison> compared = baselines.compared(slimScores, recipe.seed());
    return new Verification(
        facts(inputs.folder().onnxFile(), denseModel, inputs.hashes()),
        facts(slimFile, slimModel, new FileHashes()),
        compared,
        slimScores,
        alone(baselines, slimScores, recipe.seed()),
        latency,
        Gate.check(compared, recipe.verify().maxDrop()));
  }

  /** Each model's scores by itself. */
  static Alone alone(Baselines baselines, List<TaskScores> slimScores, long seed) {
    return new Alone(results(baselines.scores(), seed), results(slimScores, seed));
  }

  static ImmutableList<MetricResult> results(List<TaskScores> scores, long seed) {
    return scores.stream()
        .flatMap(task -> task.results(seed).stream())
        .collect(ImmutableList.toImmutableList());
  }

  static ImmutableList<TaskScores> scores(
      String stage, Baselines baselines, OnnxPredictor model, Progress progress) {
    if (baselines.tasks().isEmpty()) {
      return ImmutableList.of();
    }
    progress.start(stage, baselines.tasks().size(), "tasks");
    ImmutableList<TaskScores> scores = baselines.scores(model, () -> progress.advance(1));
    progress.done();
    return scores;
  }

  private static ImmutableList<LatencyResult> latency(
      Recipe recipe,
      RunInputs inputs,
      OnnxPredictor slim,
      RuntimeOptions device,
      Progress progress) {
    Recipe.Latency grid = recipe.verify().latency();
    if (grid == null) {
      return ImmutableList.of();
    }
    try (OnnxPredictor dense = OnnxPredictor.open(inputs.dense().model(), device)) {
      return latency(dense, slim, grid, inputs.model().random(), recipe.seed(), progress);
    }
  }

  /** Times both models on random tokens. */
  static ImmutableList<LatencyResult> latency(
      OnnxPredictor dense,
      OnnxPredictor slim,
      Recipe.Latency grid,
      RandomBatches random,
      long seed,
      Progress progress) {
    return ImmutableList.copyOf(
        LatencyBenchmark.run(
            dense, slim, grid, (rows, tokens) -> random.of(rows, tokens, seed), progress));
  }

  /**
   * Adds what memory the largest batch takes, where the models run on the CPU and the system tells.
   *
   * @param output that is computed
   */
  static ImmutableList<LatencyResult> withMemory(
      List<LatencyResult> results,
      Path denseFile,
      Path slimFile,
      String output,
      RandomBatches random,
      long seed,
      RuntimeOptions device)
      throws IOException {
    Optional<LatencyResult> largest =
        results.stream()
            .max(Comparator.comparingLong(r -> (long) r.batchSize() * r.sequenceLength()));
    if (largest.isEmpty() || !device.isCpu()) {
      return ImmutableList.copyOf(results);
    }
    TokenBatch batch = random.of(largest.get().batchSize(), largest.get().sequenceLength(), seed);
    OptionalLong dense = PeakMemory.measure(denseFile, output, batch, device.threadCount());
    OptionalLong slim = PeakMemory.measure(slimFile, output, batch, device.threadCount());
    if (dense.isEmpty() || slim.isEmpty()) {
      return ImmutableList.copyOf(results);
    }
    LatencyResult.Memory memory = new LatencyResult.Memory(dense.getAsLong(), slim.getAsLong());
    return results.stream()
        .map(result -> result.equals(largest.get()) ? result.with(memory) : result)
        .collect(ImmutableList.toImmutableList());
  }

  /** Size and hash of a model: its file and its external data. */
  static ModelFacts facts(Path file, OnnxModel model, FileHashes known) throws IOException {
    Set<Path> files = new TreeSet<>();
    files.addAll(model.externalFiles());
    long bytes = Files.size(file);
    StringBuilder hashes = new StringBuilder(known.sha256(file));
    for (Path data : files) {
      bytes += Files.size(data);
      hashes.append('+').append(known.sha256(data));
    }
    return new ModelFacts(file.toString(), model.parameters(), bytes, hashes.toString());
  }
}
