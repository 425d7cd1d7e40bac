package org.fnprune.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.fnprune.recipe.Overrides;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.RecipeReader;
import org.fnprune.recipe.RecipeWriter;

/** Reads a recipe; the resolved recipe, written and read again, is the same. */
final class RecipeTarget implements FuzzTarget {

  private static final String EVERY_KEY =
      """
      model: models/m
      output: runs/o
      seed: 42
      device: cuda:0
      threads: 2
      memory: 2GB
      skip_bad_rows: true
      calibration: {dataset: [a.jsonl, b.csv], text: text, num_samples: 512, max_seq_length: 128,
        batch_size: 16, sampling: random, lines: true}
      networks: {method: temporal-ica, components: 64, nonlinearity: logcosh, restarts: 10,
        groups: 3, threshold: auto}
      prune: {targets: [ffn, heads], sparsity: 0.5, selector: functional-networks,
        allocation: global, protect: {first: 1, last: 0}, round_to: 8}
      search: {seconds: 10}
      compensate: {method: least-squares, ridge: 1e-3, sequential: true}
      verify: {tasks: [tasks/add.yaml], max_drop: 0.01, latency: {batch_sizes: [1, 8], runs: 50}}
      """;

  private static final String ANCHORS =
      "a: &a [x, x]\nb: &b [*a, *a]\nmodel: !!str m\n? {k: v}\n: >-\n  folded\n--- \nz: 1\n";

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (String yaml :
        List.of(EVERY_KEY, ANCHORS, "{model: m, output: o, prune: {sparsity: .5}}")) {
      seeds.add(yaml.getBytes(StandardCharsets.UTF_8));
    }
    Path recipes = Path.of("recipes");
    if (Files.isDirectory(recipes)) {
      seeds.addAll(yamlFiles(recipes));
    }
    return seeds;
  }

  static List<byte[]> yamlFiles(Path folder) throws IOException {
    List<byte[]> files = new ArrayList<>();
    try (Stream<Path> found = Files.list(folder)) {
      for (Path file : found.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
        try (InputStream in = Files.newInputStream(file)) {
          files.add(in.readAllBytes());
        }
      }
    }
    return files;
  }

  @Override
  public void read(byte[] input, Path folder) throws IOException {
    Path file = Files.write(folder.resolve("recipe.yaml"), input);
    Recipe recipe = RecipeReader.read(file, Overrides.none());
    String written = RecipeWriter.toYaml(recipe);
    Path again = Files.writeString(folder.resolve("again.yaml"), written);
    FuzzTarget.requireEqual(
        RecipeReader.read(again, Overrides.none()), recipe, "the recipe written and read again");
  }
}
