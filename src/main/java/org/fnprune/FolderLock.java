package org.fnprune;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.fnprune.common.UsageException;

/**
 * Keeps a second process, or a second run in this one, from a folder: the operating system's lock of
 * a file in it. It goes with the process, however that ends, and the file is removed when the lock is
 * given back. A file system without locks does not keep anyone out.
 */
final class FolderLock implements AutoCloseable {

  private final Path file;
  private final FileChannel channel;

  private FolderLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock of {@code folder}.
   *
   * @param file that is locked; its folder must be there
   * @throws UsageException when another run has it
   * @throws IOException when the file cannot be made
   */
  static FolderLock take(Path file, Path folder) throws IOException {
    while (true) {
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (!isLocked(channel)) {
        String holder = read(channel);
        channel.close();
        throw inUse(folder, holder);
      }
      if (isStillThere(file, channel)) {
        return new FolderLock(file, channel);
      }
      // Whoever had it has removed the file after it was opened here: that lock keeps no one out.
      channel.close();
    }
  }

  /**
   * Refuses a folder that another run writes to, without touching anything.
   *
   * @throws UsageException when another run has the lock
   */
  static void requireFree(Path file, Path folder) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (!isLocked(channel)) {
        throw inUse(folder, read(channel));
      }
    }
  }

  private static UsageException inUse(Path folder, String holder) {
    return new UsageException(
        "output '"
            + folder
            + "' is being written by another run"
            + (holder.isEmpty() ? "" : " (process " + holder + ")"),
        "wait for it, stop it, or choose another --output");
  }

  /** Whether the channel now holds the lock, or there are no locks here. */
  private static boolean isLocked(FileChannel channel) {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** Whether what is locked is the file that the next run would find: it has what is written. */
  private static boolean isStillThere(Path file, FileChannel channel) throws IOException {
    String text = ProcessHandle.current().pid() + " " + System.nanoTime();
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
    try {
      return Files.readString(file, StandardCharsets.US_ASCII).equals(text);
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      // A system where what is locked cannot be read; nor can it be removed.
      return true;
    }
  }

  private static String read(FileChannel channel) {
    try {
      ByteBuffer text = ByteBuffer.allocate(64);
      int length = Math.max(0, channel.read(text, 0));
      String holder = new String(text.array(), 0, length, StandardCharsets.US_ASCII);
      return holder.matches("[0-9]+ -?[0-9]+") ? holder.substring(0, holder.indexOf(' ')) : "";
    } catch (IOException e) {
      return "";
    }
  }

  /** Removes the file, then lets go of it; the other way round, another run could have it. */
  @Override
  public void close() {
    if (!channel.isOpen()) {
      return;
    }
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // A system that does not remove open files: the next run takes the lock of the same file.
    }
    try {
      channel.close();
    } catch (IOException e) {
      // The lock goes with the process.
    }
  }
}
