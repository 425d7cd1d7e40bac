package org.fnprune.rewrite;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.fnprune.common.AtomicFiles;

/**
 * A folder that is written but not in its place yet. Its files go to the disk while it is looked
 * at: of a large model, that takes longer than writing them.
 */
public final class StagedFolder {

  private final Path part;
  private final Path onnx;
  private final Path target;
  private final CompletableFuture<Void> synced;

  private StagedFolder(Path part, Path onnx, Path target, CompletableFuture<Void> synced) {
    this.part = part;
    this.onnx = onnx;
    this.target = target;
    this.synced = synced;
  }

  /**
   * Takes over a folder.
   *
   * @param part where it is
   * @param onnx the model file in it
   * @param target where it shall be
   */
  static StagedFolder of(Path part, Path onnx, Path target) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(part)) {
      files = all.toList();
    }
    return new StagedFolder(
        part, onnx, target, CompletableFuture.runAsync(() -> files.forEach(StagedFolder::sync)));
  }

  private static void sync(Path file) {
    try {
      if (Files.isDirectory(file)) {
        AtomicFiles.syncFolder(file);
      } else {
        AtomicFiles.sync(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The model file, as it can be read now. */
  public Path onnx() {
    return onnx;
  }

  /**
   * Puts the folder in its place, which must be free, once all of it is on the disk.
   *
   * @return where it is now
   */
  public Path publish() throws IOException {
    awaitSync();
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    AtomicFiles.syncParent(target);
    return target;
  }

  /** Removes the folder. */
  public void discard() throws IOException {
    awaitSync();
    MoreFiles.deleteRecursively(part, RecursiveDeleteOption.ALLOW_INSECURE);
  }

  private void awaitSync() throws IOException {
    try {
      synced.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException unsynced) {
        throw unsynced.getCause();
      }
      throw e;
    }
  }
}
