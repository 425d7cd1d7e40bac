package org.fnprune;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.fnprune.data.Tokenizer;
import org.fnprune.model.ModelFolder;
import org.fnprune.model.OnnxModel;
import org.fnprune.recipe.EvalRequest;
import org.fnprune.recipe.TaskReader;
import org.fnprune.runtime.Devices;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.verify.MetricResult;
import org.fnprune.verify.OnnxPredictor;
import org.fnprune.verify.Task;
import org.fnprune.verify.Tasks;

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
    List<Task> tasks = new ArrayList<>();
    try (Tokenizer tokenizer = Tokenizer.open(RunInputs.tokenizerFile(folder))) {
      for (Path task : request.tasks()) {
        tasks.add(Tasks.load(TaskReader.read(task), tokenizer, request.limit()));
      }
    }
    RuntimeOptions device = Devices.choose(request.device(), request.threads(), listener::warn);
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
