package org.fnprune.recipe;

import com.google.common.collect.ImmutableMap;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Amounts of memory as people write them: {@code 4GiB}, {@code 500 MB}, {@code 1.5g}, {@code
 * 1073741824}. Bare letters are powers of 1024, as in Java's {@code -Xmx}.
 */
final class ByteSize {

  private static final Pattern SIZE =
      Pattern.compile("(\\d{1,19}(?:\\.\\d{1,9})?) ?([kmgt]i?b?|b)?");

  private static final ImmutableMap<String, Long> UNITS = units();

  private ByteSize() {}

  private static ImmutableMap<String, Long> units() {
    ImmutableMap.Builder<String, Long> units = ImmutableMap.builder();
    units.put("", 1L).put("b", 1L);
    long binary = 1;
    long decimal = 1;
    for (String prefix : new String[] {"k", "m", "g", "t"}) {
      binary *= 1024;
      decimal *= 1000;
      units.put(prefix, binary).put(prefix + "ib", binary).put(prefix + "b", decimal);
    }
    return units.buildOrThrow();
  }

  /** The bytes; empty when the text is no size, or one of more than 2⁶³ bytes. */
  static OptionalLong parse(String text) {
    Matcher matcher = SIZE.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    String unit = matcher.group(2) == null ? "" : matcher.group(2);
    Long factor = UNITS.get(unit);
    if (factor == null) {
      return OptionalLong.empty();
    }
    BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(factor));
    return bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
        ? OptionalLong.empty()
        : OptionalLong.of(bytes.longValue());
  }
}
