package org.fnprune;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.fnprune.common.UsageException;
import org.fnprune.data.Datasets;
import org.fnprune.data.LazyTokenizer;
import org.fnprune.data.Tokenizer;
import org.fnprune.model.ModelFolder;
import org.fnprune.recipe.EvalRequest;
import org.fnprune.recipe.TaskReader;
import org.fnprune.verify.Task;
import org.fnprune.verify.Tasks;
import org.fnprune.verify.TextMarks;

/** Loads the tasks of a run and checks that they fit each other and the model. */
final class TaskFiles {

  private TaskFiles() {}

  /**
   * Loads the tasks of a request, and says which bad rows were left out.
   *
   * @param folder of the model that they are for
   * @param warnings told of each dataset with bad rows
   * @throws UsageException as the other method
   */
  static ImmutableList<Task> load(
      EvalRequest request, ModelFolder folder, Consumer<String> warnings) {
    Datasets datasets = new Datasets(request.skipBadRows());
    try (LazyTokenizer tokenizer = new LazyTokenizer(() -> ModelInput.tokenizerFile(folder))) {
      ImmutableList<Task> tasks =
          load(request.tasks(), folder, datasets, tokenizer, request.limit());
      datasets.warnings().forEach(warnings);
      return tasks;
    }
  }

  /**
   * Reads task files and tokenises their datasets.
   *
   * @param datasets reads them, and keeps what was read
   * @param tokenizer the model's, asked for only where there is text
   * @param limit at most this many rows of each, in place of its own limit; 0 keeps that
   * @throws UsageException when one is unusable, too long for the model, or two have one name
   */
  static ImmutableList<Task> load(
      List<Path> files,
      ModelFolder folder,
      Datasets datasets,
      Supplier<Tokenizer> tokenizer,
      int limit) {
    ImmutableList.Builder<Task> tasks = ImmutableList.builder();
    Map<String, Path> named = new HashMap<>();
    TextMarks marks = TextMarks.of(folder);
    for (Path file : files) {
      Task task = Tasks.load(TaskReader.read(file), datasets, tokenizer, marks, limit);
      Path other = named.put(task.name(), file);
      if (other != null) {
        throw new UsageException(
            "task name '" + task.name() + "' is used twice: in " + other + " and in " + file,
            "give each task a name of its own, and each file once");
      }
      Positions.requireTask(folder, task);
      tasks.add(task);
    }
    return tasks.build();
  }
}
