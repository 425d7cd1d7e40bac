package org.fnprune.linalg;

import com.google.common.base.Splitter;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of a {@code .npy} file before its values: the magic, the format's version, the length of
 * what follows (16 bits in version 1.0, 32 bits in 2.0 and 3.0), and a Python dictionary padded
 * with spaces.
 *
 * @param fortranOrder whether columns follow one another, not rows
 * @param rows 1 for an array of one axis
 */
record NpyHeader(NpyType type, boolean fortranOrder, int rows, int cols) {

  /** Bytes before the length: magic and version. */
  static final int PREFIX = 8;

  /** No array of two axes needs a longer dictionary. */
  private static final int LONGEST = 1 << 16;

  private static final int ALIGNMENT = 64;
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  private static final Pattern DICTIONARY =
      Pattern.compile(
          "\\{ *'descr' *: *'([^']*)' *, *'fortran_order' *: *(True|False) *,"
              + " *'shape' *: *\\( *((?:[0-9]{1,10} *, *){0,64}+(?:[0-9]{1,10} *)?)\\) *,? *} *\n");

  private static final Splitter COMMAS = Splitter.on(',').trimResults().omitEmptyStrings();

  private static final Pattern SHAPE =
      Pattern.compile("([0-9]{1,10}) *, *(?:([0-9]{1,10}) *,? *)?");

  /** Number of values; checked against overflow. */
  long size() {
    return (long) rows * cols;
  }

  /**
   * The bytes of the length that follows {@code prefix}, the file's first 8 bytes: 2 or 4.
   *
   * @throws IllegalArgumentException when the file is no {@code .npy} file of a known version
   */
  static int lengthBytes(ByteBuffer prefix) {
    for (int i = 0; i < MAGIC.length; i++) {
      if (prefix.get(i) != MAGIC[i]) {
        throw new IllegalArgumentException("it does not start as a .npy file");
      }
    }
    int major = prefix.get(MAGIC.length);
    if (major < 1 || major > 3 || prefix.get(MAGIC.length + 1) != 0) {
      throw new IllegalArgumentException("its version of the .npy format is not 1.0, 2.0 or 3.0");
    }
    return major == 1 ? Short.BYTES : Integer.BYTES;
  }

  /** The length of the dictionary, from the bytes that hold it. */
  static int dictionaryLength(ByteBuffer length) {
    ByteBuffer little = length.order(ByteOrder.LITTLE_ENDIAN);
    long bytes =
        length.remaining() == Short.BYTES
            ? Short.toUnsignedInt(little.getShort())
            : Integer.toUnsignedLong(little.getInt());
    if (bytes > LONGEST) {
      throw new IllegalArgumentException("its header has " + bytes + " bytes, too many");
    }
    return (int) bytes;
  }

  /**
   * Reads the dictionary of an array of one axis or two.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  static NpyHeader parse(String dictionary) {
    Axes axes = Axes.parse(dictionary);
    Matcher shape = SHAPE.matcher(axes.shape);
    if (!shape.matches()) {
      throw new IllegalArgumentException(
          "its shape is (" + axes.shape.strip() + "); readable are one or two axes");
    }
    int first = axis(shape.group(1));
    return shape.group(2) == null
        ? new NpyHeader(axes.type, axes.fortranOrder, 1, first)
        : new NpyHeader(axes.type, axes.fortranOrder, first, axis(shape.group(2)));
  }

  /**
   * A dictionary with any number of axes.
   *
   * @param shape the lengths between the parentheses, as written
   */
  record Axes(NpyType type, boolean fortranOrder, String shape) {

    /**
     * Reads the dictionary.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static Axes parse(String dictionary) {
      Matcher match = DICTIONARY.matcher(dictionary);
      if (!match.matches()) {
        throw new IllegalArgumentException(
            "its header is "
                + dictionary.strip()
                + "; readable are arrays of one or two axes of "
                + NpyType.READABLE);
      }
      NpyType type =
          NpyType.parse(match.group(1))
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "its values are of type '"
                              + match.group(1)
                              + "'; readable are "
                              + NpyType.READABLE));
      return new Axes(type, match.group(2).equals("True"), match.group(3));
    }

    /** The lengths. */
    ImmutableIntArray lengths() {
      ImmutableIntArray.Builder lengths = ImmutableIntArray.builder();
      COMMAS.split(shape).forEach(digits -> lengths.add(axis(digits)));
      return lengths.build();
    }
  }

  private static int axis(String digits) {
    long length = Long.parseLong(digits);
    if (length > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("an axis of " + length + " is too long");
    }
    return (int) length;
  }

  /**
   * The bytes of a header for float64 in C order, version 1.0; the values then start at a multiple
   * of 64.
   */
  static byte[] bytes(int rows, int cols) {
    String dictionary =
        "{'descr': '<f8', 'fortran_order': False, 'shape': (" + rows + ", " + cols + "), }";
    int before = PREFIX + Short.BYTES;
    int length =
        -Math.floorDiv(-(before + dictionary.length() + 1), ALIGNMENT) * ALIGNMENT - before;
    String padded = dictionary + " ".repeat(length - dictionary.length() - 1) + "\n";
    return ByteBuffer.allocate(before + length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) length)
        .put(padded.getBytes(StandardCharsets.US_ASCII))
        .array();
  }
}
