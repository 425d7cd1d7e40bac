package org.fnprune;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.fnprune.common.UsageException;

/**
 * Keeps a second process, or a second run in this one, from a folder: the operating system's lock
 * of a file. It goes with the process, however that ends, and the file is removed when the lock is
 * given back. A file system without locks keeps no other process out.
 *
 * <p>POSIX takes all of a process's locks of a file away when it closes the file, whichever way it
 * opened it. So a file that this process has locked is never opened again.
 */
final class FolderLock implements AutoCloseable {

  /** Files that this process has locked. */
  private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

  private static final int PID_LENGTH = 20;
  private static final int PADDING = 4000;

  private final Path file;
  private final FileChannel channel;

  private FolderLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock of {@code folder}.
   *
   * @param file that is locked; its own folder must be there
   * @throws UsageException when another run has it
   * @throws IOException when the file cannot be made
   */
  static FolderLock take(Path file, Path folder) throws IOException {
    Path real = real(file);
    if (!OURS.add(real)) {
      throw inUse(folder, Long.toString(ProcessHandle.current().pid()));
    }
    try {
      return new FolderLock(real, locked(real, folder));
    } catch (IOException | UsageException e) {
      OURS.remove(real);
      throw e;
    }
  }

  private static FileChannel locked(Path file, Path folder) throws IOException {
    while (true) {
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (!isLocked(channel)) {
        String holder = holder(channel);
        channel.close();
        throw inUse(folder, holder);
      }
      if (isStillThere(file, channel)) {
        return channel;
      }
      // Whoever had it removed the file after it was opened here: that lock keeps no one out.
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
    if (OURS.contains(real(file))) {
      throw inUse(folder, Long.toString(ProcessHandle.current().pid()));
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (!isLocked(channel)) {
        throw inUse(folder, holder(channel));
      }
    }
  }

  private static Path real(Path file) throws IOException {
    Path absolute = file.toAbsolutePath();
    return absolute.getParent().toRealPath().resolve(absolute.getFileName());
  }

  private static UsageException inUse(Path folder, String holder) {
    return new UsageException(
        "output '"
            + folder
            + "' is being written by another run"
            + (holder.isEmpty() ? "" : " (process " + holder + ")"),
        "wait for it, stop it, or choose another --output");
  }

  /** Whether the channel now has the lock, or there are no locks here. */
  private static boolean isLocked(FileChannel channel) {
    try {
      return channel.tryLock() != null;
    } catch (IOException e) {
      return true;
    }
  }

  /**
   * Whether what is locked is the file that the next run would find. What is written has a length by
   * chance, which is looked at without opening the file.
   */
  private static boolean isStillThere(Path file, FileChannel channel) throws IOException {
    String text =
        ProcessHandle.current().pid()
            + " ".repeat(PID_LENGTH + ThreadLocalRandom.current().nextInt(PADDING));
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
    try {
      return Files.size(file) == channel.size();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** The process that has written the file; empty when that cannot be told. */
  private static String holder(FileChannel channel) {
    try {
      ByteBuffer text = ByteBuffer.allocate(PID_LENGTH);
      int length = Math.max(0, channel.read(text, 0));
      String pid = new String(text.array(), 0, length, StandardCharsets.US_ASCII).strip();
      return pid.matches("[0-9]+") ? pid : "";
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
    } finally {
      OURS.remove(file);
    }
  }
}
