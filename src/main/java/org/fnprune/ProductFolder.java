package org.fnprune;

import com.google.common.collect.ImmutableList;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.fnprune.capture.MomentsFiles;
import org.fnprune.common.AtomicFiles;
import org.fnprune.common.UsageException;

/**
 * A folder of arrays and the index that lists them, which is made as a whole: written under another
 * name, then renamed. One that is there is replaced only by force, and of it only what its index
 * lists.
 *
 * @param root the folder
 * @param sub the folder in it that holds the arrays; empty for {@code root} itself
 * @param index the index's file name, {@code {"units": [{"id": …}, …]}}
 * @param kinds an array's file is called {@code <id>.<kind>.npy}
 */
record ProductFolder(Path root, String sub, String index, ImmutableList<String> kinds) {

  /** What fills the folder. */
  @FunctionalInterface
  interface Content {
    void writeTo(Path folder) throws IOException;
  }

  /** A moments folder. */
  static ProductFolder ofMoments(Path root, boolean force) {
    ProductFolder folder =
        new ProductFolder(
            root,
            "",
            "moments.json",
            ImmutableList.of("sum", "gram", "squares", "values", "vectors", "lag"));
    folder.requireFree(force);
    return folder;
  }

  /** The folder of a decomposed array. */
  static ProductFolder ofNetworks(Path root, boolean force) {
    ProductFolder folder =
        new ProductFolder(
            root,
            "networks",
            "networks.json",
            ImmutableList.of("maps", "courses", "mixing", "unmixing"));
    folder.requireFree(force);
    return folder;
  }

  private void requireFree(boolean force) {
    try {
      if (!Files.exists(root)) {
        OutputPath.requireWritable(root);
      } else if (!Files.isDirectory(root)) {
        throw new UsageException(
            "output '" + root + "' is a file", "choose another --output, or remove it");
      } else if (Files.exists(root.resolve("recipe.lock.yaml"))) {
        throw new UsageException("output '" + root + "' holds a run", "choose another --output");
      } else if (!isEmpty() && !Files.isRegularFile(arrays(root).resolve(index))) {
        throw new UsageException(
            "output '" + root + "' is a folder with other files",
            "choose another --output, or remove it");
      } else if (!isEmpty() && !force) {
        throw new UsageException(
            "output '" + root + "' holds an earlier result",
            "add --force to replace it, or choose another --output");
      }
    } catch (IOException e) {
      throw OutputPath.unwritable(root, e);
    }
  }

  /** Refuses to replace what is still to be read. */
  void requireNone(List<Path> sources) {
    for (Path source : sources) {
      if (OutputPath.areSame(source, root)) {
        throw new UsageException(
            "output '" + root + "' is one of the folders to be merged", "choose another --output");
      }
    }
  }

  private boolean isEmpty() throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      return files.findAny().isEmpty();
    }
  }

  private Path arrays(Path folder) {
    return sub.isEmpty() ? folder : folder.resolve(sub);
  }

  /**
   * Makes the folder, or replaces what is in it; on failure all stays as it was. What an
   * interrupted capture has added up is found again.
   *
   * @throws UsageException when another run makes the same folder, or the content's own
   */
  void replace(Content content) throws IOException {
    Path target = root.toAbsolutePath().normalize();
    Path staging = target.resolveSibling("." + target.getFileName() + ".part");
    MoreFiles.createParentDirectories(staging);
    FolderLock lock =
        FolderLock.take(target.resolveSibling("." + target.getFileName() + ".lock"), root);
    try {
      clear(staging);
      fill(staging, content);
      if (Files.exists(target)) {
        moveInto(arrays(staging), arrays(target));
        MoreFiles.deleteRecursively(staging, RecursiveDeleteOption.ALLOW_INSECURE);
      } else {
        Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
      }
      AtomicFiles.syncParent(target);
    } finally {
      lock.close();
    }
  }

  private void fill(Path staging, Content content) throws IOException {
    try {
      Files.createDirectories(arrays(staging));
      content.writeTo(arrays(staging));
    } catch (UsageException e) {
      MoreFiles.deleteRecursively(staging, RecursiveDeleteOption.ALLOW_INSECURE);
      throw e;
    }
  }

  /** Removes what an interrupted run has left, but for what a capture can go on from. */
  private static void clear(Path staging) throws IOException {
    if (!Files.exists(staging)) {
      return;
    }
    try (Stream<Path> files = Files.list(staging)) {
      for (Path file : files.filter(f -> !f.endsWith(MomentsFiles.UNFINISHED)).toList()) {
        MoreFiles.deleteRecursively(file, RecursiveDeleteOption.ALLOW_INSECURE);
      }
    }
  }

  /** Without its index, which goes first and comes last, a folder does not count. */
  private void moveInto(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    List<Path> old = listed(to);
    Files.deleteIfExists(to.resolve(index));
    for (Path file : old) {
      Files.deleteIfExists(file);
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(from)) {
      files = all.filter(file -> !file.endsWith(index)).toList();
    }
    for (Path file : files) {
      Files.move(
          file, to.resolve(file.getFileName().toString()), StandardCopyOption.REPLACE_EXISTING);
    }
    Files.move(from.resolve(index), to.resolve(index));
  }

  /** The arrays that the index of {@code folder} lists; none where it is damaged. */
  private List<Path> listed(Path folder) throws IOException {
    Path file = folder.resolve(index);
    if (!Files.isRegularFile(file)) {
      return List.of();
    }
    List<Path> arrays = new ArrayList<>();
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      for (JsonElement unit :
          JsonParser.parseString(text).getAsJsonObject().getAsJsonArray("units")) {
        String id = unit.getAsJsonObject().get("id").getAsString();
        for (String kind : kinds) {
          Path array = folder.resolve(id + "." + kind + ".npy").normalize();
          if (folder.normalize().equals(array.getParent())) {
            arrays.add(array);
          }
        }
      }
    } catch (JsonParseException | IllegalStateException | NullPointerException e) {
      return List.of();
    }
    return arrays;
  }
}
