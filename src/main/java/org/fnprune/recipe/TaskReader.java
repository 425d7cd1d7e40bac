package org.fnprune.recipe;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.List;
import org.fnprune.common.UsageException;

/** Reads task files: {@code {name, type, dataset, …}}, with the keys that belong to the type. */
public final class TaskReader {

  private static final int MANY = 1 << 20;

  private TaskReader() {}

  /**
   * Reads one task file; its dataset is relative to the file's folder.
   *
   * @throws UsageException for anything missing, unknown, of the wrong type or out of range, with
   *     file and line
   */
  public static TaskDefinition read(Path file) {
    YamlMapping root = YamlFile.read(file, "task file");
    if (root.has("model") && !root.has("type")) {
      throw new UsageException(
          file + " is a recipe, not a task file",
          "name a file such as {name: t, type: perplexity, dataset: text.jsonl}; a recipe's tasks"
              + " are under verify.tasks");
    }
    TaskKinds.Type type = root.require("type").oneOf(TaskKinds.ALL);
    root.allow(keys(type));
    Setting batchSize = root.find("batch_size");
    Setting limit = root.find("limit");
    return new TaskDefinition(
        root.require("name").string(),
        type.reader().apply(new TaskKeys(root)),
        root.require("dataset").path(),
        batchSize == null ? 16 : batchSize.integer(1, MANY),
        limit == null ? 0 : limit.integer(1, Integer.MAX_VALUE));
  }

  private static List<String> keys(TaskKinds.Type type) {
    return ImmutableList.<String>builder()
        .add("name", "type", "dataset")
        .addAll(type.keys())
        .add("batch_size", "limit")
        .build();
  }
}
