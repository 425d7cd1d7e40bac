package org.fnprune.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** All fuzz targets. */
enum Targets {
  MODEL_FILE(new ModelFileTarget()),
  STRUCTURE(new StructureTarget()),
  SLIM(new SlimTarget()),
  RECIPE(new RecipeTarget()),
  TASK(new TaskTarget()),
  DATASET(DatasetTarget.ofText()),
  COMPRESSED(DatasetTarget.ofCompressed()),
  PARQUET(DatasetTarget.ofParquet()),
  NPY(new NpyTarget()),
  RUN_FOLDER(new RunFolderTarget());

  @SuppressWarnings("ImmutableEnumChecker") // None of them has anything that changes.
  private final FuzzTarget target;

  Targets(FuzzTarget target) {
    this.target = target;
  }

  FuzzTarget target() {
    return target;
  }

  /** Good inputs, and those that once broke the target: the files of {@code broken/<target>}. */
  List<byte[]> allSeeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>(target.seeds());
    for (Path file : broken()) {
      try (InputStream in = Files.newInputStream(file)) {
        seeds.add(in.readAllBytes());
      }
    }
    return seeds;
  }

  /** Inputs that once broke the target. */
  List<Path> broken() throws IOException {
    URL folder = Targets.class.getResource("broken/" + name().toLowerCase(Locale.ROOT));
    if (folder == null) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
      return files.sorted().toList();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
