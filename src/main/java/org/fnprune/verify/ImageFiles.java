package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.fnprune.common.DidYouMean;
import org.fnprune.common.UsageException;
import org.fnprune.data.Row;
import org.fnprune.recipe.TaskDefinition;
import org.fnprune.recipe.TaskKind;

/** Image files: in one folder per class, or named by the rows of a dataset. */
record ImageFiles(ImmutableList<One> images, TaskKind.Pixels rule) implements ImageSource {

  /** One image. */
  record One(Path file, String name, int gold) {}

  /**
   * The images of a folder with one folder per class. Classes are numbered as {@code labels} names
   * them, or else by their folders in alphabetical order. Of each class the first image comes
   * first, then the second of each, so that a limit takes some of all.
   */
  static ImageFiles ofFolder(TaskDefinition definition, TaskKind.ImageClassification kind) {
    List<Path> folders = list(definition.dataset()).filter(Files::isDirectory).toList();
    record Placed(int rank, int gold, Path file) {}
    List<Placed> placed = new ArrayList<>();
    for (Path folder : folders) {
      int gold = gold(folder, folders, kind.labels());
      List<Path> files = list(folder).filter(ImageFile::isOne).toList();
      for (int rank = 0; rank < files.size(); rank++) {
        placed.add(new Placed(rank, gold, files.get(rank)));
      }
    }
    return new ImageFiles(
        placed.stream()
            .sorted(Comparator.comparingInt(Placed::rank).thenComparingInt(Placed::gold))
            .map(p -> new One(p.file, definition.dataset().relativize(p.file).toString(), p.gold))
            .collect(ImmutableList.toImmutableList()),
        kind.pixels());
  }

  private static int gold(Path folder, List<Path> folders, List<String> labels) {
    String name = folder.getFileName().toString();
    int index = labels.isEmpty() ? folders.indexOf(folder) : labels.indexOf(name);
    if (index < 0) {
      throw new UsageException(
          "folder " + folder + " is no class; allowed: " + String.join(", ", labels),
          DidYouMean.help(name, labels, "add it to 'labels' of the task file"));
    }
    return index;
  }

  private static Stream<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList().stream();
    } catch (IOException e) {
      throw new UsageException(
          "folder " + folder + " cannot be listed: " + e.getMessage(), "check its permissions", e);
    }
  }

  /** The images that rows name, relative to the dataset's folder. */
  static ImageFiles ofRows(
      TaskDefinition definition, TaskKind.ImageClassification kind, TaskInputs inputs) {
    Labels labels = new Labels(kind.labels());
    Path base = Objects.requireNonNull(definition.dataset().getParent());
    return new ImageFiles(
        Rows.read(definition, inputs, Rows.fields(ImmutableList.of(), kind.image(), kind.label()))
            .stream()
            .map(
                row ->
                    new One(
                        file(base, row, kind.image()),
                        row.get(kind.image()),
                        labels.of(row, kind.label())))
            .collect(ImmutableList.toImmutableList()),
        kind.pixels());
  }

  private static Path file(Path base, Row row, String field) {
    String name = row.get(field);
    try {
      Path file = base.resolve(name);
      if (Files.isRegularFile(file)) {
        return file;
      }
    } catch (InvalidPathException e) {
      // Refused below, as a file that is not there.
    }
    throw row.refuse(
        "image '" + name + "' does not exist", "paths are relative to the dataset's folder");
  }

  @Override
  public int count() {
    return images.size();
  }

  @Override
  public String name(int index) {
    return images.get(index).name;
  }

  @Override
  public int gold(int index) {
    return images.get(index).gold;
  }

  @Override
  public Picture picture(int index) {
    return ImageFile.read(images.get(index).file, rule);
  }
}
