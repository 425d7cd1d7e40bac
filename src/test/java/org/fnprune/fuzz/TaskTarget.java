package org.fnprune.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.fnprune.recipe.TaskReader;

/** Reads a task file. */
final class TaskTarget implements FuzzTarget {

  private static final List<String> FILES =
      List.of(
          "{name: n, type: classification, dataset: d, text: t, text_pair: u, label: l,"
              + " labels: [no, yes], max_seq_length: 64, batch_size: 2, limit: 9}",
          "{name: n, type: perplexity, dataset: d, text: t, stride: 64, max_seq_length: 128}",
          "{name: n, type: generation, dataset: d, prompt: '{a} = {b}', answer: c, stop: ['\\n']}",
          "{name: n, type: multiple-choice, dataset: d, choices: [a, b], answer: label}",
          "{name: n, type: similarity, dataset: d, text: a, text_pair: b, label: score}",
          "{name: n, type: question-answering, dataset: d}",
          "{name: n, type: image-classification, dataset: d.npy}");

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    FILES.forEach(yaml -> seeds.add(yaml.getBytes(StandardCharsets.UTF_8)));
    Path tasks = Path.of("recipes", "tasks");
    if (Files.isDirectory(tasks)) {
      seeds.addAll(RecipeTarget.yamlFiles(tasks));
    }
    return seeds;
  }

  @Override
  public void read(byte[] input, Path folder) throws IOException {
    Path file = Files.write(folder.resolve("task.yaml"), input);
    FuzzTarget.requireEqual(TaskReader.read(file), TaskReader.read(file), "the task read again");
  }
}
