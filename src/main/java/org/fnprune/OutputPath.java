package org.fnprune;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.fnprune.common.UsageException;
import org.fnprune.model.ModelFolder;

/** Where a run may write: not over its own input, and only where it can. */
final class OutputPath {

  private OutputPath() {}

  /** Refuses an output that would overwrite the model, or be copied into itself. */
  static void requireApart(Path root, ModelFolder model) {
    Path output = real(root);
    Path source = real(model.root());
    boolean inside = model.whole() && output.startsWith(source);
    if (inside || source.startsWith(output)) {
      throw new UsageException(
          "output '" + root + "' overlaps the model folder '" + model.root() + "'",
          "choose an --output outside of it");
    }
  }

  /**
   * Refuses an output that would replace what is still to be read.
   *
   * @param parts names in {@code root} that may be replaced
   * @param inputs files and folders that are read
   */
  static void requireNoInput(Path root, List<String> parts, Collection<Path> inputs) {
    Path output = real(root);
    for (Path input : inputs) {
      Path source = real(input);
      if (parts.stream().anyMatch(part -> source.startsWith(output.resolve(part)))) {
        throw new UsageException(
            "input '" + input + "' lies in the output '" + root + "', where it would be replaced",
            "choose another --output, or copy the input elsewhere");
      }
    }
  }

  /** Whether two paths lead to the same file or folder, which need not be there. */
  static boolean areSame(Path a, Path b) {
    return real(a).equals(real(b));
  }

  /**
   * The real path of a file, or of its nearest parent that exists, spelt as the file system does.
   * {@code ..} is taken back only where there is nothing: behind a link it leads elsewhere.
   */
  private static Path real(Path path) {
    Path absolute = path.toAbsolutePath();
    try {
      if (Files.exists(absolute)) {
        return absolute.toRealPath();
      }
    } catch (IOException e) {
      return absolute.normalize();
    }
    Path parent = absolute.getParent();
    return parent == null
        ? absolute
        : real(parent).resolve(absolute.getFileName().toString()).normalize();
  }

  /** Refuses a folder that could not be made, before anything is computed. */
  static void requireWritable(Path root) {
    Path parent = root.toAbsolutePath().getParent();
    while (parent != null && !Files.exists(parent)) {
      parent = parent.getParent();
    }
    if (parent != null && !(Files.isDirectory(parent) && Files.isWritable(parent))) {
      throw new UsageException(
          "output '"
              + root
              + "' cannot be made: '"
              + parent
              + (Files.isDirectory(parent) ? "' is not writable" : "' is not a folder"),
          "choose a folder you may write to");
    }
  }

  /** The error for an output that turned out not to be writable. */
  static UsageException unwritable(Path root, IOException e) {
    String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    return new UsageException(
        "output '" + root + "' cannot be written: " + (reason == null ? e.toString() : reason),
        "choose a folder you may write to",
        e);
  }
}
