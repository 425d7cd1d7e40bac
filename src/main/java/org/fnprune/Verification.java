package org.fnprune;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.fnprune.common.FileHashes;
import org.fnprune.common.Progress;
import org.fnprune.model.OnnxModel;
import org.fnprune.recipe.Recipe;
import org.fnprune.report.RunReport.Alone;
import org.fnprune.report.RunReport.ModelFacts;
import org.fnprune.runtime.OnnxSession;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.verify.Comparison;
import org.fnprune.verify.Gate;
import org.fnprune.verify.LatencyBenchmark;
import org.fnprune.verify.LatencyResult;
import org.fnprune.verify.MetricResult;
import org.fnprune.verify.OnnxPredictor;
import org.fnprune.verify.PairedTest;
import org.fnprune.verify.Task;
import org.fnprune.verify.TaskScores;

/**
 * Dense and slim side by side, on the same inputs, in one process; the slim model as its file lies
 * on disk.
 *
 * @param tasks every metric of every task
 * @param alone each model's scores by itself
 * @param latency empty when it was not asked for
 */
record Verification(
    ModelFacts denseFacts,
    ModelFacts slimFacts,
    ImmutableList<Comparison> tasks,
    Alone alone,
    ImmutableList<LatencyResult> latency,
    Gate gate) {

  /**
   * The dense model's scores. Taken before anything is written, so that a task that does not fit
   * the model costs nothing.
   *
   * @throws org.fnprune.common.UsageException when a task does not fit the model
   */
  static ImmutableList<TaskScores> dense(
      RunInputs inputs, RuntimeOptions device, Progress progress) {
    if (inputs.tasks().isEmpty()) {
      return ImmutableList.of();
    }
    try (OnnxPredictor dense = OnnxPredictor.open(inputs.dense().model(), device)) {
      return scores("dense tasks", inputs.tasks(), dense, progress);
    }
  }

  /** Measures the slim model, and latency of both. */
  static Verification of(
      Recipe recipe,
      RunInputs inputs,
      ImmutableList<TaskScores> denseScores,
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
      slimScores = scores("slim tasks", inputs.tasks(), slim, progress);
      latency = latency(recipe, inputs, slim, device, progress);
    }
    ImmutableList.Builder<Comparison> tasks = ImmutableList.builder();
    for (int i = 0; i < slimScores.size(); i++) {
      tasks.addAll(PairedTest.compare(denseScores.get(i), slimScores.get(i), recipe.seed()));
    }
    ImmutableList<Comparison> compared = tasks.build();
    return new Verification(
        facts(inputs.folder().onnxFile(), denseModel, inputs.hashes()),
        facts(slimFile, slimModel, new FileHashes()),
        compared,
        new Alone(results(denseScores, recipe.seed()), results(slimScores, recipe.seed())),
        latency,
        Gate.check(compared, recipe.verify().maxDrop()));
  }

  private static ImmutableList<MetricResult> results(List<TaskScores> scores, long seed) {
    return scores.stream()
        .flatMap(task -> task.results(seed).stream())
        .collect(ImmutableList.toImmutableList());
  }

  private static ImmutableList<TaskScores> scores(
      String stage, ImmutableList<Task> tasks, OnnxPredictor model, Progress progress) {
    if (tasks.isEmpty()) {
      return ImmutableList.of();
    }
    ImmutableList.Builder<TaskScores> scores = ImmutableList.builder();
    progress.start(stage, tasks.size(), "tasks");
    for (Task task : tasks) {
      scores.add(task.evaluate(model));
      progress.advance(1);
    }
    progress.done();
    return scores.build();
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
      return ImmutableList.copyOf(
          LatencyBenchmark.run(
              dense,
              slim,
              grid,
              rows -> inputs.randomBatch(rows, grid.sequenceLength(), recipe.seed()),
              progress));
    }
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
