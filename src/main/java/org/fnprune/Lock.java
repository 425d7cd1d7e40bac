package org.fnprune;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.RecipeWriter;
import org.fnprune.recipe.TaskReader;

/** The text of {@code recipe.lock.yaml}: what a run's result depends on. */
final class Lock {

  private Lock() {}

  /** The resolved recipe, with the tool's version and the inputs' hashes as comments. */
  static String text(Recipe recipe, RunInputs read, String version) throws IOException {
    StringBuilder text = new StringBuilder(LockEntries.TOOL).append(version).append('\n');
    for (Path input : inputs(recipe, read)) {
      append(LockEntries.FILE, input, read, text);
    }
    for (Path input : taskInputs(recipe)) {
      append(LockEntries.TASK_FILE, input, read, text);
    }
    return text.append(RecipeWriter.toYaml(recipe)).toString();
  }

  private static void append(String beginning, Path input, RunInputs read, StringBuilder text)
      throws IOException {
    text.append(beginning).append(read.hashes().sha256(input)).append("  ");
    text.append(input.toString().replace('\n', ' ')).append('\n');
  }

  /** The inputs' hashes by path, in the order of the text. */
  static ImmutableMap<String, String> hashes(Recipe recipe, RunInputs read) throws IOException {
    ImmutableMap.Builder<String, String> hashes = ImmutableMap.builder();
    for (Path input : inputs(recipe, read)) {
      hashes.put(input.toString(), read.hashes().sha256(input));
    }
    for (Path input : taskInputs(recipe)) {
      hashes.put(input.toString(), read.hashes().sha256(input));
    }
    return hashes.buildKeepingLast();
  }

  private static List<Path> inputs(Recipe recipe, RunInputs read) throws IOException {
    List<Path> inputs = new ArrayList<>();
    inputs.add(read.folder().onnxFile());
    inputs.addAll(read.dense().model().externalFiles());
    read.folder().tokenizer().ifPresent(inputs::add);
    read.folder().companion("config.json").ifPresent(inputs::add);
    if (recipe.calibration() != null) {
      inputs.addAll(recipe.calibration().datasets());
      recipe.calibration().ofRetain().ifPresent(retain -> inputs.addAll(retain.datasets()));
    }
    if (recipe.moments() != null) {
      inputs.add(recipe.moments().resolve("moments.json"));
    }
    return inputs;
  }

  /** Task files and their datasets. */
  private static List<Path> taskInputs(Recipe recipe) throws IOException {
    List<Path> inputs = new ArrayList<>();
    for (Path task : recipe.verify().tasks()) {
      inputs.add(task);
      inputs.addAll(files(TaskReader.read(task).dataset()));
    }
    return inputs;
  }

  /** A dataset's file, or all files of a folder of images. */
  private static List<Path> files(Path dataset) throws IOException {
    if (!Files.isDirectory(dataset)) {
      return List.of(dataset);
    }
    try (Stream<Path> files = Files.walk(dataset)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
