package org.fnprune;

import com.google.common.collect.ImmutableList;
import org.fnprune.data.Datasets;
import org.fnprune.data.Tokenizer;
import org.fnprune.model.ModelFolder;
import org.fnprune.model.OnnxModel;
import org.fnprune.recipe.EvalRequest;
import org.fnprune.runtime.Devices;
import org.fnprune.runtime.InputSizes;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.verify.MetricResult;
import org.fnprune.verify.OnnxPredictor;
import org.fnprune.verify.Task;

/** Measures one model on tasks. */
public final class Evaluation {

  private Evaluation() {}

  /**
   * Loads all tasks, then the model, then measures.
   *
   * @throws org.fnprune.common.UsageException when model, tokenizer or a task is unusable
   */
  public static ImmutableList<MetricResult> run(EvalRequest request, Pipeline.Listener listener) {
    ModelFolder folder = ModelFolder.open(request.model());
    OnnxModel model = OnnxModel.read(folder.onnxFile());
    Datasets datasets = new Datasets(request.skipBadRows());
    ImmutableList<Task> tasks;
    try (Tokenizer tokenizer = Tokenizer.open(RunInputs.tokenizerFile(folder))) {
      tasks = TaskFiles.load(request.tasks(), folder, datasets, tokenizer, request.limit());
    }
    datasets.warnings().forEach(listener::warn);
    RuntimeOptions device =
        Devices.choose(request.device(), request.threads(), listener::warn)
            .with(InputSizes.of(folder));
    ImmutableList.Builder<MetricResult> results = ImmutableList.builder();
    try (OnnxPredictor predictor = OnnxPredictor.open(model, device)) {
      listener.start("eval", tasks.size(), "tasks");
      for (Task task : tasks) {
        results.addAll(task.evaluate(predictor).results(request.seed()));
        listener.advance(1);
      }
      listener.done();
    }
    return results.build();
  }
}
