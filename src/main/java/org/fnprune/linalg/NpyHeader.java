package org.fnprune.linalg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of a {@code .npy} file before its values, format version 1.0: the magic, a length of 16
 * bits, and a Python dictionary padded with spaces.
 *
 * @param itemSize 8 for float64, 4 for float32; always little-endian
 * @param fortranOrder whether columns follow one another, not rows
 * @param rows 1 for an array of one axis
 */
record NpyHeader(int itemSize, boolean fortranOrder, int rows, int cols) {

  /** Bytes before the dictionary. */
  static final int PREFIX = 10;

  private static final int ALIGNMENT = 64;
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

  private static final Pattern DICTIONARY =
      Pattern.compile(
          "\\{ *'descr' *: *'<f([48])' *, *'fortran_order' *: *(True|False) *,"
              + " *'shape' *: *\\( *([0-9]{1,10}) *, *(?:([0-9]{1,10}) *,? *)?\\) *,? *} *\n");

  /** Number of values; checked against overflow. */
  long size() {
    return (long) rows * cols;
  }

  /** The length of the dictionary that follows {@code prefix}, the file's first 10 bytes. */
  static int dictionaryLength(ByteBuffer prefix) {
    for (int i = 0; i < MAGIC.length; i++) {
      if (prefix.get(i) != MAGIC[i]) {
        throw new IllegalArgumentException("it does not start as a .npy file of version 1.0");
      }
    }
    return Short.toUnsignedInt(prefix.order(ByteOrder.LITTLE_ENDIAN).getShort(MAGIC.length));
  }

  /**
   * Reads the dictionary.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  static NpyHeader parse(String dictionary) {
    Matcher match = DICTIONARY.matcher(dictionary);
    if (!match.matches()) {
      throw new IllegalArgumentException(
          "its header is " + dictionary.strip() + "; one or two axes of <f4 or <f8 are readable");
    }
    int itemSize = Integer.parseInt(match.group(1));
    boolean fortranOrder = match.group(2).equals("True");
    int first = axis(match.group(3));
    return match.group(4) == null
        ? new NpyHeader(itemSize, fortranOrder, 1, first)
        : new NpyHeader(itemSize, fortranOrder, first, axis(match.group(4)));
  }

  private static int axis(String digits) {
    long length = Long.parseLong(digits);
    if (length > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("an axis of " + length + " is too long");
    }
    return (int) length;
  }

  /** The bytes of a header for float64 in C order; the values then start at a multiple of 64. */
  static byte[] bytes(int rows, int cols) {
    String dictionary =
        "{'descr': '<f8', 'fortran_order': False, 'shape': (" + rows + ", " + cols + "), }";
    int length =
        -Math.floorDiv(-(PREFIX + dictionary.length() + 1), ALIGNMENT) * ALIGNMENT - PREFIX;
    String padded = dictionary + " ".repeat(length - dictionary.length() - 1) + "\n";
    return ByteBuffer.allocate(PREFIX + length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .putShort((short) length)
        .put(padded.getBytes(StandardCharsets.US_ASCII))
        .array();
  }
}
