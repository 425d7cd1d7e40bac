package org.fnprune.linalg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The type of an array's values, as NumPy's {@code descr} names it: {@code <f8}, {@code >f4},
 * {@code |u1} and so on.
 *
 * @param kind {@code f} for floats, {@code i} for signed and {@code u} for unsigned whole numbers
 * @param size of a value in bytes
 */
record NpyType(char kind, int size, ByteOrder order) {

  private static final Pattern DESCR = Pattern.compile("([<>|])(f[248]|[iu][1248])");

  /** What this class reads, for errors. */
  static final String READABLE = "float16, float32, float64 and whole numbers";

  /** The type of this name; empty when it is none that can be read. */
  static Optional<NpyType> parse(String descr) {
    Matcher matcher = DESCR.matcher(descr);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int size = matcher.group(2).charAt(1) - '0';
    if (matcher.group(1).equals("|") && size > 1) {
      return Optional.empty();
    }
    return Optional.of(
        new NpyType(
            matcher.group(2).charAt(0),
            size,
            matcher.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN));
  }

  /** The next value; whole numbers of more than 53 bits are rounded. */
  double next(ByteBuffer values) {
    if (kind == 'f') {
      return switch (size) {
        case 2 -> half(values.getShort());
        case 4 -> values.getFloat();
        default -> values.getDouble();
      };
    }
    long signed =
        switch (size) {
          case 1 -> values.get();
          case 2 -> values.getShort();
          case 4 -> values.getInt();
          default -> values.getLong();
        };
    return kind == 'i' ? signed : unsigned(signed);
  }

  private double unsigned(long signed) {
    if (size < Long.BYTES) {
      return signed & ((1L << (Byte.SIZE * size)) - 1);
    }
    return signed >= 0 ? signed : ((signed >>> 1) | (signed & 1)) * 2.0;
  }

  /** IEEE 754 binary16: one bit of sign, five of exponent (bias 15), ten of fraction. */
  private static double half(short bits) {
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    double magnitude =
        switch (exponent) {
          case 0 -> Math.scalb((double) fraction, -24);
          case 0x1f -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
          default -> Math.scalb((double) (fraction | 0x400), exponent - 25);
        };
    return bits < 0 ? -magnitude : magnitude;
  }
}
