package org.fnprune;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.fnprune.common.FileHashes;
import org.fnprune.common.UsageException;
import org.fnprune.model.Graph;
import org.fnprune.model.ModelFolder;
import org.fnprune.model.OnnxModel;
import org.fnprune.recipe.CompareRequest;
import org.fnprune.recipe.EvalRequest;
import org.fnprune.recipe.Recipe;
import org.fnprune.report.RunReport.Alone;
import org.fnprune.report.RunReport.ModelFacts;
import org.fnprune.runtime.Devices;
import org.fnprune.runtime.InputSizes;
import org.fnprune.runtime.OnnxSession;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.verify.Baselines;
import org.fnprune.verify.Comparison;
import org.fnprune.verify.Gate;
import org.fnprune.verify.LatencyResult;
import org.fnprune.verify.OnnxPredictor;
import org.fnprune.verify.OutputDifference;
import org.fnprune.verify.OutputDifferences;
import org.fnprune.verify.Task;
import org.fnprune.verify.TaskScores;
import org.jspecify.annotations.Nullable;

/**
 * Two models side by side on the same inputs, whoever made the second of the first.
 *
 * @param outputs of both on random tokens; a KV cache of fewer heads is left out
 * @param tasks every metric of every task
 * @param alone each model's scores by itself
 * @param latency empty when it was not asked for
 * @param maxDrop what the gate allows; null where any loss passes
 */
public record ModelComparison(
    String device,
    ModelFacts dense,
    ModelFacts slim,
    ImmutableList<OutputDifference> outputs,
    ImmutableList<Comparison> tasks,
    Alone alone,
    ImmutableList<LatencyResult> latency,
    Gate gate,
    @Nullable Double maxDrop) {

  /**
   * Compares.
   *
   * @throws UsageException when a model, the tokenizer or a task is unusable, or the models do not
   *     belong together
   */
  public static ModelComparison run(CompareRequest request, Pipeline.Listener listener)
      throws IOException {
    EvalRequest shared = request.dense();
    ModelFolder denseFolder = ModelFolder.open(shared.model());
    ModelFolder slimFolder = ModelFolder.open(request.slim());
    OnnxModel dense = OnnxModel.read(denseFolder.onnxFile());
    OnnxModel slim = OnnxModel.read(slimFolder.onnxFile());
    requireSameInputs(dense, denseFolder.onnxFile(), slim, slimFolder.onnxFile());
    ImmutableList<Task> tasks = tasks(shared, denseFolder, slimFolder, listener);
    RuntimeOptions device = Devices.choose(shared.device(), shared.threads(), listener::warn);
    RuntimeOptions forDense = device.with(InputSizes.of(denseFolder));
    RuntimeOptions forSlim = device.with(InputSizes.of(slimFolder));
    RandomBatches random = new RandomBatches(denseFolder, Graph.of(dense));
    ImmutableList<OutputDifference> outputs =
        OutputDifferences.between(
            dense,
            denseFolder.onnxFile(),
            forDense,
            slim,
            slimFolder.onnxFile(),
            forSlim,
            random.some(shared.seed()),
            random.traced(shared.seed()));
    ImmutableList.Builder<Comparison> compared = ImmutableList.builder();
    Alone alone = new Alone(ImmutableList.of(), ImmutableList.of());
    ImmutableList<LatencyResult> latency = ImmutableList.of();
    Recipe.Latency grid = request.latency();
    if (!tasks.isEmpty() || grid != null) {
      try (OnnxPredictor first = predictor(denseFolder, dense, forDense);
          OnnxPredictor second = predictor(slimFolder, slim, forSlim)) {
        try (Baselines baselines = Baselines.of(tasks, first, () -> {})) {
          ImmutableList<TaskScores> scores =
              Verification.scores("tasks", baselines, second, listener);
          compared.addAll(baselines.compared(scores, shared.seed()));
          alone = Verification.alone(baselines, scores, shared.seed());
        }
        if (grid != null) {
          latency = Verification.latency(first, second, grid, random, shared.seed(), listener);
        }
      }
    }
    latency =
        Verification.withMemory(
            latency,
            denseFolder.onnxFile(),
            slimFolder.onnxFile(),
            dense.graph().getOutput(0).getName(),
            random,
            shared.seed(),
            device);
    latency.stream()
        .filter(LatencyResult::isNoisy)
        .forEach(result -> listener.warn(result.noise()));
    ImmutableList<Comparison> all = compared.build();
    return new ModelComparison(
        device.deviceName(),
        Verification.facts(denseFolder.onnxFile(), dense, new FileHashes()),
        Verification.facts(slimFolder.onnxFile(), slim, new FileHashes()),
        outputs,
        all,
        alone,
        latency,
        Gate.check(all, request.maxDrop()),
        request.maxDrop());
  }

  private static OnnxPredictor predictor(
      ModelFolder folder, OnnxModel model, RuntimeOptions options) {
    return OnnxPredictor.ofFile(folder.onnxFile(), model, options, OnnxSession.Weights.COPIED);
  }

  private static void requireSameInputs(
      OnnxModel dense, Path denseFile, OnnxModel slim, Path slimFile) {
    ImmutableSet<String> first = inputs(dense);
    ImmutableSet<String> second = inputs(slim);
    if (!first.equals(second)) {
      throw new UsageException(
          denseFile + " takes " + first + ", but " + slimFile + " takes " + second,
          "compare a model with what was made of it");
    }
  }

  private static ImmutableSet<String> inputs(OnnxModel model) {
    Set<String> names = new TreeSet<>();
    model.graph().getInputList().forEach(input -> names.add(input.getName()));
    model.graph().getInitializerList().forEach(weight -> names.remove(weight.getName()));
    return ImmutableSet.copyOf(names);
  }

  private static ImmutableList<Task> tasks(
      EvalRequest request, ModelFolder dense, ModelFolder slim, Pipeline.Listener listener)
      throws IOException {
    if (request.tasks().isEmpty()) {
      return ImmutableList.of();
    }
    Optional<Path> other = slim.tokenizer();
    Optional<Path> own = dense.tokenizer();
    if (own.isPresent() && other.isPresent() && Files.mismatch(own.get(), other.get()) >= 0) {
      listener.warn("the models' tokenizers differ; both models get the tokens of the first one's");
    }
    return TaskFiles.load(request, dense, listener::warn);
  }
}
