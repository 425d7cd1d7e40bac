package org.fnprune.linalg;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fnprune.common.AtomicFiles;
import org.fnprune.common.UsageException;

/**
 * Matrices in NumPy's {@code .npy} format. Files may come from anywhere: the header is matched
 * whole, and shape × type must equal the file's length before anything is allocated.
 */
public final class Npy {

  private static final int CHUNK = 1 << 16;

  private Npy() {}

  /** Replaces {@code target} by {@code matrix}: version 1.0, float64, C order, two axes. */
  public static void write(Path target, Matrix matrix) throws IOException {
    AtomicFiles.write(
        target,
        out -> {
          out.write(NpyHeader.bytes(matrix.rows(), matrix.cols()));
          ByteBuffer row =
              ByteBuffer.allocate(Math.multiplyExact(matrix.cols(), Double.BYTES))
                  .order(ByteOrder.LITTLE_ENDIAN);
          for (int i = 0; i < matrix.rows(); i++) {
            row.clear();
            row.asDoubleBuffer().put(matrix.row(i));
            out.write(row.array());
          }
        });
  }

  /** Bytes of a file that {@link #write} made of a rows × cols matrix. */
  public static long fileBytes(int rows, int cols) {
    return NpyHeader.bytes(rows, cols).length + (long) rows * cols * Double.BYTES;
  }

  /**
   * Reads an array of one axis (as one row) or two: floats of 16, 32 or 64 bits or whole numbers of
   * 8 to 64, little- or big-endian, in C or Fortran order, of format version 1.0, 2.0 or 3.0.
   *
   * @throws UsageException when the file is not such an array, or cut off, or too long
   */
  public static Matrix read(Path file) throws IOException {
    try (FileChannel channel = open(file)) {
      ByteBuffer prefix = next(channel, NpyHeader.PREFIX);
      int length = NpyHeader.dictionaryLength(next(channel, NpyHeader.lengthBytes(prefix)));
      ByteBuffer dictionary = next(channel, length);
      NpyHeader header = NpyHeader.parse(StandardCharsets.ISO_8859_1.decode(dictionary).toString());
      return values(channel, header);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new UsageException(
          "cannot read " + file + ": " + e.getMessage(),
          "save it with numpy.save(file, array.astype('float64')), of one or two axes",
          e);
    }
  }

  /**
   * Opens an array's file; to open a pipe would wait for whoever writes to it.
   *
   * @throws IllegalArgumentException when there is something else than a file
   */
  static FileChannel open(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IllegalArgumentException("it is not a file");
    }
    return FileChannel.open(file);
  }

  private static Matrix values(FileChannel channel, NpyHeader header) throws IOException {
    long bytes = Math.multiplyExact(header.size(), (long) header.type().size());
    long present = channel.size() - channel.position();
    if (bytes != present) {
      throw new IllegalArgumentException(
          ("its shape, " + header.rows() + " × " + header.cols() + " of " + header.type().size())
              + (" bytes each, needs " + bytes + " bytes but " + present + " follow the header"));
    }
    if (header.size() > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("it holds " + header.size() + " values, too many");
    }
    double[] values = new double[(int) header.size()];
    for (int start = 0; start < values.length; ) {
      int count = Math.min(CHUNK, values.length - start);
      ByteBuffer chunk = next(channel, count * header.type().size()).order(header.type().order());
      for (int i = start; i < start + count; i++) {
        values[i] = header.type().next(chunk);
      }
      start += count;
    }
    return header.fortranOrder()
        ? Matrix.of(header.cols(), header.rows(), values).transposed()
        : Matrix.of(header.rows(), header.cols(), values);
  }

  static ByteBuffer next(FileChannel channel, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new IllegalArgumentException("it ends too early");
      }
    }
    return buffer.flip();
  }
}
