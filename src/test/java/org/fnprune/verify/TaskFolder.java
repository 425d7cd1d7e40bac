package org.fnprune.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fnprune.common.Failures;
import org.fnprune.data.Datasets;
import org.fnprune.data.Tokenizer;
import org.fnprune.recipe.TaskReader;

/**
 * A folder with a tokenizer, where tasks are written and loaded.
 *
 * @param path the folder
 * @param marks token ids that begin and end text
 */
record TaskFolder(Path path, TextMarks marks) {

  TaskFolder(Path path) {
    this(path, TextMarks.NONE);
  }

  /** A task {@code t} on rows of JSON, two at a time. */
  Task load(String keys, String rows) throws IOException {
    Files.writeString(path.resolve("d.jsonl"), rows);
    return loadFile("name: t, dataset: d.jsonl, batch_size: 2, " + keys);
  }

  /** A task on whatever dataset its keys name. */
  Task loadFile(String keys) throws IOException {
    Path file = Files.writeString(path.resolve("task.yaml"), "{" + keys + "}");
    try (Tokenizer tokenizer = Tokenizer.open(path)) {
      return Tasks.load(TaskReader.read(file), new Datasets(false), () -> tokenizer, marks, 0);
    }
  }

  /** A task whose examples have answers. */
  LabelledTask labelled(String keys, String rows) throws IOException {
    return (LabelledTask) load(keys, rows);
  }

  /** How loading is refused. */
  String failure(String keys, String rows) {
    return Failures.of(() -> load(keys, rows)).replace(path + "/", "");
  }
}
