package org.fnprune.recipe;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.fnprune.common.DidYouMean;
import org.fnprune.common.UsageException;
import org.jspecify.annotations.Nullable;

/** Reads task files: {@code {name, type, dataset, …}}, with the keys that belong to the type. */
public final class TaskReader {

  private static final int MANY = 1 << 20;

  private static final ImmutableMap<TaskDefinition.Type, ImmutableList<String>> KEYS =
      ImmutableMap.of(
          TaskDefinition.Type.CLASSIFICATION,
          ImmutableList.of("text", "label", "labels", "max_seq_length"),
          TaskDefinition.Type.PERPLEXITY,
          ImmutableList.of("text", "lines", "max_seq_length"),
          TaskDefinition.Type.GENERATION,
          ImmutableList.of("prompt", "answer"));

  /** In the contract, not built yet. */
  private static final ImmutableList<String> LATER =
      ImmutableList.of("multiple-choice", "similarity");

  private TaskReader() {}

  /**
   * Reads one task file; its dataset is relative to the file's folder.
   *
   * @throws UsageException for anything missing, unknown, of the wrong type or out of range, with
   *     file and line
   */
  public static TaskDefinition read(Path file) {
    YamlMapping root = YamlFile.read(file, "task file");
    TaskDefinition.Type type = type(root.require("type"));
    root.allow(keys(type));
    return new TaskDefinition(
        root.require("name").string(),
        type,
        root.require("dataset").path(),
        string(root.find("text"), "text"),
        bool(root.find("lines")),
        string(root.find("label"), "label"),
        labels(root.find("labels")),
        string(root.find("prompt"), "prompt"),
        string(root.find("answer"), "answer"),
        integer(root.find("max_seq_length"), MANY, 256),
        integer(root.find("batch_size"), MANY, 16),
        integer(root.find("limit"), Integer.MAX_VALUE, 0));
  }

  private static TaskDefinition.Type type(Setting setting) {
    ImmutableMap<String, TaskDefinition.Type> types = Names.all(TaskDefinition.Type.class);
    if (types.containsKey(setting.text())) {
      return setting.oneOf(types);
    }
    String allowed = "allowed: " + String.join(", ", types.keySet());
    if (LATER.contains(setting.text())) {
      throw setting.refuse("is not built yet; " + allowed, "use one of these for now");
    }
    Optional<String> meant = DidYouMean.suggest(setting.text(), types.keySet());
    throw setting.refuse(
        "is not known; " + allowed + " (later: " + String.join(", ", LATER) + ")",
        meant.map(s -> "did you mean '" + s + "'?").orElse("choose one of these"));
  }

  private static List<String> keys(TaskDefinition.Type type) {
    ImmutableList<String> own = KEYS.getOrDefault(type, ImmutableList.of());
    return ImmutableList.<String>builder()
        .add("name", "type", "dataset")
        .addAll(own)
        .add("batch_size", "limit")
        .build();
  }

  private static ImmutableList<String> labels(@Nullable Setting setting) {
    if (setting == null) {
      return ImmutableList.of();
    }
    Set<String> seen = new HashSet<>();
    for (Setting name : setting.elements()) {
      if (!seen.add(name.string())) {
        throw name.refuse("is listed twice", "name each class once");
      }
    }
    if (seen.size() < 2) {
      throw setting.refuse("must name at least two classes", "list all classes of the model");
    }
    return setting.elements().stream().map(Setting::text).collect(ImmutableList.toImmutableList());
  }

  private static String string(@Nullable Setting setting, String otherwise) {
    return setting == null ? otherwise : setting.string();
  }

  private static boolean bool(@Nullable Setting setting) {
    return setting != null && setting.bool();
  }

  private static int integer(@Nullable Setting setting, int max, int otherwise) {
    return setting == null ? otherwise : setting.integer(1, max);
  }
}
