package org.fnprune.verify;

import com.google.common.primitives.ImmutableLongArray;
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
import org.fnprune.common.UsageException;
import org.fnprune.runtime.BatchRunner;

/**
 * Outputs of one model, kept in a temporary file until another model has run: two large models are
 * never loaded at once, and outputs over a large vocabulary are no smaller than weights.
 */
final class ReferenceOutputs implements AutoCloseable {

  private static final int CHUNK = 1 << 16;

  private final FileChannel file;
  private final List<List<Kept>> batches = new ArrayList<>();

  private record Kept(long offset, int values, ImmutableLongArray shape) {}

  private ReferenceOutputs(FileChannel file) {
    this.file = file;
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

  /** Whether nothing was kept yet. */
  boolean isEmpty() {
    return batches.isEmpty();
  }

  /**
   * Refuses more than there is room for.
   *
   * @param bytes that all outputs together will take
   */
  void requireRoom(long bytes) {
    Path folder = Path.of(System.getProperty("java.io.tmpdir", "."));
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      if (bytes > free) {
        throw new UsageException(
            "the dense model's outputs take "
                + bytes
                + " bytes, but the temporary folder "
                + folder
                + " has "
                + free
                + " free",
            "set a limit in the task file, or choose another folder with -Djava.io.tmpdir=DIR");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("free space cannot be read: " + e.getMessage(), e);
    }
  }

  /** Keeps the outputs of one more batch. */
  void add(List<BatchRunner.Output> outputs) {
    List<Kept> kept = new ArrayList<>();
    try {
      for (BatchRunner.Output output : outputs) {
        kept.add(new Kept(file.position(), output.values().limit(), output.shape()));
        write(output.values());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("outputs cannot be kept: " + e.getMessage(), e);
    }
    batches.add(kept);
  }

  private void write(FloatBuffer values) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.nativeOrder());
    for (int from = 0; from < values.limit(); from += CHUNK) {
      int count = Math.min(CHUNK, values.limit() - from);
      bytes.clear().limit(count * Float.BYTES);
      bytes.asFloatBuffer().put(0, values, from, count);
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
    }
  }

  /** The outputs of batch {@code index}, outside the heap. */
  List<BatchRunner.Output> get(int index) {
    List<BatchRunner.Output> outputs = new ArrayList<>();
    for (Kept kept : batches.get(index)) {
      outputs.add(new BatchRunner.Output(read(kept), kept.shape()));
    }
    return outputs;
  }

  private FloatBuffer read(Kept kept) {
    long bytes = (long) kept.values() * Float.BYTES;
    try {
      return file.map(FileChannel.MapMode.READ_ONLY, kept.offset(), bytes)
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
