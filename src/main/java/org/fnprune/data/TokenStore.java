package org.fnprune.data;

import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;
import org.fnprune.common.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * Token sequences of any number: eight bytes of heap a row. What exceeds a mebibyte of tokens lies
 * in a temporary file that has no name any more, or loses it when the process ends. Rows are added
 * by one thread, and then read by many.
 */
final class TokenStore extends Sequences {

  /** Bytes of tokens on the heap at most, but for a single row that is longer. */
  private static final int TAIL = 1 << 20;

  private ByteBuffer tail = ByteBuffer.allocate(1 << 10);

  /** Bytes in the file; the tail follows. */
  private long spilled;

  private @Nullable FileChannel file;

  /** In bytes, where each row ends. */
  private long[] ends = new long[16];

  private int size;

  /** Adds a row, which may be empty. */
  void append(ImmutableIntArray ids) {
    int bytes = Math.multiplyExact(ids.length(), Integer.BYTES);
    if (tail.remaining() < bytes) {
      makeRoom(bytes);
    }
    for (int i = 0; i < ids.length(); i++) {
      tail.putInt(ids.get(i));
    }
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, Math.addExact(size, size / 2));
    }
    ends[size++] = spilled + tail.position();
  }

  /** A row lies in the file or in the tail, never in both. */
  private void makeRoom(int bytes) {
    long wanted = (long) tail.position() + bytes;
    if (wanted > TAIL && tail.position() > 0) {
      spill();
      wanted = bytes;
    }
    if (wanted > tail.capacity()) {
      int capacity = (int) Math.max(wanted, Math.min(TAIL, 2L * tail.capacity()));
      tail = ByteBuffer.allocate(capacity).put(tail.flip());
    }
  }

  private void spill() {
    try {
      FileChannel channel = file;
      if (channel == null) {
        channel = temporary();
        file = channel;
      }
      tail.flip();
      while (tail.hasRemaining()) {
        spilled += channel.write(tail, spilled);
      }
      tail.clear();
    } catch (IOException e) {
      throw new UsageException(
          "calibration tokens cannot be written to a temporary file: " + e.getMessage(),
          "make room in "
              + System.getProperty("java.io.tmpdir")
              + ", or name another folder with java -Djava.io.tmpdir=DIR",
          e);
    }
  }

  private static FileChannel temporary() throws IOException {
    Path path = Files.createTempFile("fnprune-tokens", ".part");
    return FileChannel.open(
        path,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        StandardOpenOption.DELETE_ON_CLOSE);
  }

  private long start(int row) {
    return row == 0 ? 0 : ends[row - 1];
  }

  @Override
  int length(int row) {
    Objects.checkIndex(row, size);
    return (int) ((ends[row] - start(row)) / Integer.BYTES);
  }

  @Override
  public ImmutableIntArray get(int row) {
    int length = length(row);
    long start = start(row);
    ByteBuffer bytes = start < spilled ? read(start, length * Integer.BYTES) : tail;
    int from = start < spilled ? 0 : (int) (start - spilled);
    ImmutableIntArray.Builder ids = ImmutableIntArray.builder(length);
    for (int i = 0; i < length; i++) {
      ids.add(bytes.getInt(from + i * Integer.BYTES));
    }
    return ids.build();
  }

  private ByteBuffer read(long start, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    try {
      while (bytes.hasRemaining()) {
        if (Objects.requireNonNull(file).read(bytes, start + bytes.position()) < 0) {
          throw new IOException("it has become shorter");
        }
      }
    } catch (IOException e) {
      throw new UsageException(
          "the temporary file of calibration tokens cannot be read: " + e.getMessage(),
          "run again; what is finished is kept",
          e);
    }
    return bytes;
  }

  @Override
  public int size() {
    return size;
  }
}
