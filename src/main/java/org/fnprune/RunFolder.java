package org.fnprune;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.fnprune.common.AtomicFiles;
import org.fnprune.common.UsageException;
import org.fnprune.model.ModelFolder;

/**
 * The folder that a run writes to (DESIGN contract "run folder"). {@code recipe.lock.yaml} is
 * written first and says what the run is; {@code report.json} last, and means that it is finished.
 *
 * @param root the folder
 * @param resumed whether an unfinished run of the same recipe and inputs was found in it
 */
public record RunFolder(Path root, boolean resumed) {

  private static final String LOCK = "recipe.lock.yaml";
  private static final String REPORT = "report.json";

  /** Everything that a run writes, in the order in which it is removed. */
  private static final List<String> ARTEFACTS =
      List.of(
          REPORT, "report.md", "plan.json", "structure.json", "moments", "networks", "slim", LOCK);

  /**
   * Makes the folder, resumes an unfinished run in it, or replaces a finished one.
   *
   * @param lock the text of {@code recipe.lock.yaml}: equal text means the same run
   * @param force whether a run that is there may be replaced
   * @throws UsageException when there is something else, or it cannot be written, or it overlaps
   *     the model
   */
  public static RunFolder open(Path root, String lock, boolean force, ModelFolder model) {
    requireApart(root, model);
    try {
      if (!Files.exists(root) || isEmpty(root)) {
        Files.createDirectories(root);
        AtomicFiles.writeString(root.resolve(LOCK), lock);
        return new RunFolder(root, false);
      }
      if (!Files.isRegularFile(root.resolve(LOCK))) {
        throw new UsageException(
            "output '" + root + "' exists and is not the folder of a run",
            "choose another --output, or remove it");
      }
      boolean same = Files.readString(root.resolve(LOCK), StandardCharsets.UTF_8).equals(lock);
      if (same && !Files.exists(root.resolve(REPORT))) {
        return new RunFolder(root, true);
      }
      if (!force) {
        throw new UsageException(
            "output '" + root + "' holds " + (same ? "this run, finished" : "another run"),
            "add --force to replace it, or choose another --output");
      }
      clear(root);
      AtomicFiles.writeString(root.resolve(LOCK), lock);
      return new RunFolder(root, false);
    } catch (IOException e) {
      throw new UsageException(
          "output '" + root + "' cannot be written: " + e, "choose a folder you may write to", e);
    }
  }

  private static void requireApart(Path root, ModelFolder model) {
    Path output = real(root);
    Path source = real(model.root());
    boolean inside = model.whole() && output.startsWith(source);
    if (inside || source.startsWith(output)) {
      throw new UsageException(
          "output '" + root + "' overlaps the model folder '" + model.root() + "'",
          "choose an --output outside of it");
    }
  }

  /** The real path of a file, or of its nearest parent that exists. */
  private static Path real(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    try {
      if (Files.exists(absolute)) {
        return absolute.toRealPath();
      }
    } catch (IOException e) {
      return absolute;
    }
    Path parent = absolute.getParent();
    return parent == null ? absolute : real(parent).resolve(absolute.getFileName().toString());
  }

  private static boolean isEmpty(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      return false;
    }
    try (Stream<Path> files = Files.list(root)) {
      return files.findAny().isEmpty();
    }
  }

  private static void clear(Path root) throws IOException {
    for (String artefact : ARTEFACTS) {
      Path file = root.resolve(artefact);
      if (Files.isDirectory(file)) {
        MoreFiles.deleteRecursively(file, RecursiveDeleteOption.ALLOW_INSECURE);
      } else {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Removes what an interrupted run may have left of the slim model. */
  void clearSlim() throws IOException {
    if (Files.exists(slim())) {
      MoreFiles.deleteRecursively(slim(), RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  Path moments() {
    return root.resolve("moments");
  }

  Path networks() {
    return root.resolve("networks");
  }

  Path slim() {
    return root.resolve("slim");
  }

  /** Writes one of the run's text files. */
  void write(String name, String text) throws IOException {
    AtomicFiles.writeString(root.resolve(name), text);
  }
}
