package org.fnprune.fuzz;

/**
 * An input as a list of choices: the fuzzer changes the bytes, and each byte decides something.
 * Where the bytes end, every further choice is the first.
 */
final class Choices {

  /** Numbers that sizes, axes and offsets go wrong at. */
  private static final long[] NUMBERS = {
    0,
    1,
    -1,
    2,
    3,
    4,
    -2,
    6,
    -3,
    8,
    16,
    100,
    -100,
    1L << 31,
    (1L << 31) - 1,
    -(1L << 31),
    1L << 32,
    1L << 40,
    1L << 62,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private final byte[] bytes;
  private int position;

  Choices(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  boolean more() {
    return position < bytes.length;
  }

  private int octet() {
    return more() ? bytes[position++] & 0xff : 0;
  }

  /** One of 0 … count − 1; 0 when there is none to choose from. */
  int below(int count) {
    if (count <= 1) {
      return 0;
    }
    int value = count <= 256 ? octet() : octet() << 8 | octet();
    return value % count;
  }

  boolean yes() {
    return below(2) == 1;
  }

  /** A number that is small, or one at which something may overflow. */
  long number() {
    int choice = octet();
    return choice < NUMBERS.length ? NUMBERS[choice] : choice - 64;
  }
}
