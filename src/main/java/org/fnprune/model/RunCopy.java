package org.fnprune.model;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/**
 * Copies runs of bytes of one tensor from a file. Long runs go from file to file without entering
 * the heap; short ones, such as kept columns, are gathered from a window that moves over the
 * tensor. So memory is two buffers, whatever the tensor's size, and each byte is read once.
 */
final class RunCopy implements ByteRuns.Sink {

  private static final int BUFFER = 1 << 18;

  /** From here on, a system call of its own costs less than copying a run twice. */
  private static final int LONG_RUN = 1 << 16;

  /** Up to here, a loop costs less than the call that copies many bytes at once. */
  private static final int SHORT_RUN = 64;

  private final FileChannel source;
  private final FileRange tensor;
  private final WritableByteChannel target;
  private final ByteBuffer window = buffer();
  private final ByteBuffer gathered = buffer();
  private long windowStart;
  private long windowEnd;
  private int filled;

  private RunCopy(FileChannel source, FileRange tensor, WritableByteChannel target) {
    this.source = source;
    this.tensor = tensor;
    this.target = target;
  }

  /** Appends the bytes of {@code runs}, which lie in {@code tensor}, to {@code target}. */
  static void copy(FileRange tensor, ByteRuns runs, WritableByteChannel target) throws IOException {
    try (FileChannel source = FileChannel.open(tensor.file())) {
      RunCopy copy = new RunCopy(source, tensor, target);
      runs.forEach(copy);
      copy.flush();
    }
  }

  @Override
  public void run(long offset, long length) throws IOException {
    if (length >= LONG_RUN) {
      flush();
      transfer(offset, length);
      return;
    }
    int size = (int) length;
    if (offset < windowStart || offset + size > windowEnd) {
      moveWindow(offset);
    }
    if (filled + size > BUFFER) {
      flush();
    }
    gather((int) (offset - windowStart), size);
  }

  private void gather(int from, int size) {
    if (size > SHORT_RUN) {
      gathered.put(filled, window, from, size);
    } else {
      int i = 0;
      for (; i + Integer.BYTES <= size; i += Integer.BYTES) {
        gathered.putInt(filled + i, window.getInt(from + i));
      }
      for (; i < size; i++) {
        gathered.put(filled + i, window.get(from + i));
      }
    }
    filled += size;
  }

  private void moveWindow(long offset) throws IOException {
    int size = (int) Math.min(BUFFER, tensor.length() - offset);
    FileRange.read(source, tensor.offset() + offset, window.clear().limit(size));
    window.clear();
    windowStart = offset;
    windowEnd = offset + size;
  }

  private void transfer(long offset, long length) throws IOException {
    long at = tensor.offset() + offset;
    long end = at + length;
    while (at < end) {
      long copied = source.transferTo(at, end - at, target);
      if (copied == 0) {
        throw new EOFException("the file ended early");
      }
      at += copied;
    }
  }

  private void flush() throws IOException {
    gathered.clear().limit(filled);
    while (gathered.hasRemaining()) {
      target.write(gathered);
    }
    gathered.clear();
    filled = 0;
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.nativeOrder());
  }
}
