package org.fnprune;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Path;
import org.fnprune.common.UsageException;
import org.fnprune.model.ModelFolder;
import org.fnprune.model.OnnxModel;
import org.fnprune.recipe.EvalRequest;
import org.fnprune.runtime.Devices;
import org.fnprune.runtime.InputSizes;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.verify.LabelledTask;
import org.fnprune.verify.MetricResult;
import org.fnprune.verify.OnnxPredictor;
import org.fnprune.verify.Task;
import org.fnprune.verify.TaskScores;

/** Measures one model on tasks. */
public final class Evaluation {

  private Evaluation() {}

  /**
   * Loads all tasks, then the model, then measures; writes the log of examples if it is wanted.
   *
   * @throws UsageException when model, tokenizer or a task is unusable
   */
  public static ImmutableList<MetricResult> run(EvalRequest request, Pipeline.Listener listener)
      throws IOException {
    ModelFolder folder = ModelFolder.open(request.model());
    Path output = request.output();
    if (output != null) {
      OutputPath.requireApart(output, folder);
      OutputPath.requireWritable(output);
    }
    OnnxModel model = OnnxModel.read(folder.onnxFile());
    ImmutableList<Task> tasks = TaskFiles.load(request, folder, listener::warn);
    RuntimeOptions device =
        Devices.choose(request.device(), request.threads(), listener::warn)
            .with(InputSizes.of(folder));
    ImmutableList<TaskScores> scores = scores(tasks, model, device, listener);
    if (output != null && request.logSamples()) {
      SampleFiles.write(output.resolve(RunFolder.SAMPLES), tasks, ImmutableMap.of("model", scores));
    }
    return Verification.results(scores, request.seed());
  }

  private static ImmutableList<TaskScores> scores(
      ImmutableList<Task> tasks,
      OnnxModel model,
      RuntimeOptions device,
      Pipeline.Listener listener) {
    tasks.forEach(Evaluation::requireLabels);
    ImmutableList.Builder<TaskScores> scores = ImmutableList.builder();
    try (OnnxPredictor predictor = OnnxPredictor.open(model, device)) {
      listener.start("eval", tasks.size(), "tasks");
      for (Task task : tasks) {
        scores.add(requireLabels(task).evaluate(predictor));
        listener.advance(1);
      }
      listener.done();
    }
    return scores.build();
  }

  private static LabelledTask requireLabels(Task task) {
    if (task instanceof LabelledTask labelled) {
      return labelled;
    }
    throw new UsageException(
        "task '"
            + task.name()
            + "' measures how alike a model is to its dense one, but eval has one model only",
        "use it in a recipe, or with prune");
  }
}
