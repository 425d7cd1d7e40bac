package org.fnprune.report;

import java.util.Locale;

/** Large numbers in few characters. */
final class Sizes {

  private static final String[] BYTES = {"bytes", "kB", "MB", "GB", "TB"};
  private static final String[] COUNTS = {"", " k", " M", " G", " T"};

  private Sizes() {}

  /** Bytes in decimal units, as files are sized. */
  static String bytes(long bytes) {
    return scaled(bytes, BYTES, " ");
  }

  /** A number of things. */
  static String count(long count) {
    return scaled(count, COUNTS, "");
  }

  private static String scaled(long number, String[] units, String gap) {
    double value = (double) number;
    int unit = 0;
    while (value >= 1000 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    String digits = unit == 0 ? Long.toString(number) : String.format(Locale.ROOT, "%.3g", value);
    return digits + gap + units[unit];
  }
}
