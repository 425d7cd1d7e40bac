package org.fnprune.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Outputs of one model, kept in a temporary file until another model has run: two large models are
 * never loaded at once, and outputs over a large vocabulary are no smaller than weights.
 */
final class ReferenceOutputs implements AutoCloseable {

  private static final int CHUNK = 1 << 16;

  private final FileChannel file;
  private final List<Long> ends = new ArrayList<>();

  private ReferenceOutputs(FileChannel file) {
    this.file = file;
    ends.add(0L);
  }

  static ReferenceOutputs create() {
    try {
      Path path = Files.createTempFile("fnprune-outputs", ".part");
      return new ReferenceOutputs(
          FileChannel.open(
              path,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE));
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary file can be made: " + e.getMessage(), e);
    }
  }

  /** Keeps the values of one more output. */
  void add(FloatBuffer values) {
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.nativeOrder());
    try {
      for (int from = 0; from < values.limit(); from += CHUNK) {
        int count = Math.min(CHUNK, values.limit() - from);
        bytes.clear().limit(count * Float.BYTES);
        bytes.asFloatBuffer().put(0, values, from, count);
        while (bytes.hasRemaining()) {
          file.write(bytes);
        }
      }
      ends.add(file.position());
    } catch (IOException e) {
      throw new UncheckedIOException("outputs cannot be kept: " + e.getMessage(), e);
    }
  }

  /** The values of output {@code index}, outside the heap. */
  FloatBuffer get(int index) {
    long from = ends.get(index);
    try {
      return file.map(FileChannel.MapMode.READ_ONLY, from, ends.get(index + 1) - from)
          .order(ByteOrder.nativeOrder())
          .asFloatBuffer();
    } catch (IOException e) {
      throw new UncheckedIOException("outputs cannot be read back: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
