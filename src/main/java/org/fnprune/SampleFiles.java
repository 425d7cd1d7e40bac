package org.fnprune;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.fnprune.common.AtomicFiles;
import org.fnprune.verify.SampleLog;
import org.fnprune.verify.Task;
import org.fnprune.verify.TaskScores;

/** Writes what models said to every example of every task: {@code <task>.jsonl}. */
final class SampleFiles {

  private SampleFiles() {}

  /**
   * Writes one file per task.
   *
   * @param folder made if it is not there
   * @param models scores of each model, in the order of the tasks, by the name that the log gives
   *     it
   */
  static void write(
      Path folder, List<Task> tasks, ImmutableMap<String, ? extends List<TaskScores>> models)
      throws IOException {
    if (tasks.isEmpty()) {
      return;
    }
    Files.createDirectories(folder);
    Set<String> used = new HashSet<>();
    for (int i = 0; i < tasks.size(); i++) {
      int index = i;
      Task task = tasks.get(i);
      Path file = folder.resolve(fileName(task.name(), used));
      try (Stream<String> lines =
          SampleLog.lines(
              task, ImmutableMap.copyOf(Maps.transformValues(models, s -> s.get(index))))) {
        AtomicFiles.write(
            file,
            out -> {
              for (Iterator<String> line = lines.iterator(); line.hasNext(); ) {
                out.write((line.next() + "\n").getBytes(StandardCharsets.UTF_8));
              }
            });
      }
    }
  }

  /** A task may be called anything; a file may not. */
  private static String fileName(String task, Set<String> used) {
    String safe = task.replaceAll("[^\\p{L}\\p{N}._-]", "_").replaceFirst("^\\.+", "_");
    String name = safe;
    for (int copy = 2; !used.add(name); copy++) {
      name = safe + "-" + copy;
    }
    return name + ".jsonl";
  }
}
