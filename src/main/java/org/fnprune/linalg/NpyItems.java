package org.fnprune.linalg;

import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.fnprune.common.UsageException;

/**
 * An array of any number of axes in a {@code .npy} file, read item by item along its first axis.
 * Shape × type must equal the file's length before anything is allocated.
 *
 * @param file the file
 * @param type of its values
 * @param shape lengths of all axes, in C order
 * @param offset of the first value in the file, in bytes
 */
public record NpyItems(Path file, NpyType type, ImmutableIntArray shape, long offset) {

  private static final String HELP =
      "save it with numpy.save(file, numpy.ascontiguousarray(array))";

  /**
   * Reads the header.
   *
   * @throws UsageException when the file is no such array, or cut off, or too long
   */
  public static NpyItems open(Path file) throws IOException {
    try (FileChannel channel = Npy.open(file)) {
      ByteBuffer prefix = Npy.next(channel, NpyHeader.PREFIX);
      int length = NpyHeader.dictionaryLength(Npy.next(channel, NpyHeader.lengthBytes(prefix)));
      ByteBuffer dictionary = Npy.next(channel, length);
      NpyHeader.Axes axes =
          NpyHeader.Axes.parse(StandardCharsets.ISO_8859_1.decode(dictionary).toString());
      ImmutableIntArray shape = axes.lengths();
      if (axes.fortranOrder() || shape.isEmpty()) {
        throw new IllegalArgumentException("it is a scalar, or in Fortran order");
      }
      long bytes = shape.stream().asLongStream().reduce(axes.type().size(), Math::multiplyExact);
      long present = channel.size() - channel.position();
      if (bytes != present) {
        throw new IllegalArgumentException(
            "its shape "
                + shape
                + " needs "
                + bytes
                + " bytes but "
                + present
                + " follow the header");
      }
      return new NpyItems(file, axes.type(), shape, channel.position());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new UsageException("cannot read " + file + ": " + e.getMessage(), HELP, e);
    }
  }

  /** Whether the values are whole numbers. */
  public boolean isInteger() {
    return type.kind() != 'f';
  }

  /** Number of items. */
  public int count() {
    return shape.get(0);
  }

  /**
   * The values of one item, in C order.
   *
   * @throws IOException when the file cannot be read
   */
  public float[] item(int index) throws IOException {
    int values =
        Math.toIntExact(
            shape.subArray(1, shape.length()).stream()
                .asLongStream()
                .reduce(1, Math::multiplyExact));
    float[] item = new float[values];
    try (FileChannel channel = FileChannel.open(file)) {
      channel.position(offset + (long) index * values * type.size());
      ByteBuffer bytes =
          Npy.next(channel, Math.multiplyExact(values, type.size())).order(type.order());
      for (int i = 0; i < values; i++) {
        item[i] = (float) type.next(bytes);
      }
    }
    return item;
  }
}
