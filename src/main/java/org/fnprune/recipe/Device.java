package org.fnprune.recipe;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the model runs.
 *
 * @param kind {@code AUTO} takes CUDA when it works and the CPU otherwise
 * @param ordinal the CUDA device number; 0 unless given
 */
public record Device(Kind kind, int ordinal) {

  /** The kinds of device. */
  public enum Kind {
    AUTO,
    CPU,
    CUDA
  }

  /** The default: CUDA when there is one. */
  public static final Device AUTO = new Device(Kind.AUTO, 0);

  private static final Pattern NAME = Pattern.compile("(auto|cpu|cuda)|cuda:(\\d{1,3})");

  /** The device of this name: {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}. */
  public static Optional<Device> parse(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String ordinal = matcher.group(2);
    return Optional.of(
        ordinal == null
            ? new Device(Kind.valueOf(name.toUpperCase(Locale.ROOT)), 0)
            : new Device(Kind.CUDA, Integer.parseInt(ordinal)));
  }

  /** The name that {@link #parse} reads. */
  public String text() {
    return kind.name().toLowerCase(Locale.ROOT) + (ordinal == 0 ? "" : ":" + ordinal);
  }
}
