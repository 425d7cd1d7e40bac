package org.fnprune;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.fnprune.common.UsageException;
import org.fnprune.data.Datasets;
import org.fnprune.data.Tokenizer;
import org.fnprune.model.ModelFolder;
import org.fnprune.recipe.TaskReader;
import org.fnprune.verify.Task;
import org.fnprune.verify.Tasks;
import org.fnprune.verify.TextMarks;

/** Loads the tasks of a run and checks that they fit each other and the model. */
final class TaskFiles {

  private TaskFiles() {}

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
