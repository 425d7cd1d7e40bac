package org.fnprune.recipe;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Longs;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.fnprune.common.DidYouMean;
import org.fnprune.common.UsageException;

/**
 * One value of a recipe, a task file or a flag, with the place it came from. Every accessor either
 * returns a value within its limits or throws a {@link UsageException} that names the place.
 *
 * @param label how errors name it: {@code recipe.yaml:7: prune.sparsity} or {@code --sparsity}
 * @param base the folder that a relative path starts from
 * @param form how it was written
 * @param text as written; for a list, its items joined
 * @param items of a list; empty otherwise
 */
record Setting(String label, Path base, Form form, String text, ImmutableList<Setting> items) {

  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");
  private static final String UNQUOTE = "take off the quotes";
  private static final Splitter COMMAS = Splitter.on(',').trimResults().omitEmptyStrings();

  /** How a value is written. */
  enum Form {
    /** Without quotes, or on the command line: may be read as a number. */
    WORD,
    /** In quotes: a text whatever it looks like. */
    QUOTED,
    /** A sequence. */
    LIST
  }

  static Setting word(String label, Path base, String text) {
    return new Setting(label, base, Form.WORD, text, ImmutableList.of());
  }

  static Setting list(String label, Path base, List<Setting> items) {
    String text = "[" + String.join(", ", items.stream().map(Setting::text).toList()) + "]";
    return new Setting(label, base, Form.LIST, text, ImmutableList.copyOf(items));
  }

  /** A text of at least one character. */
  String string() {
    if (form == Form.LIST || text.isBlank()) {
      throw refuse("must be a text of at least one character", "give it a text, or leave it out");
    }
    return text;
  }

  /** The path, absolute and normalised. */
  Path path() {
    try {
      return base.resolve(string()).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw refuse("is not a path: " + e.getReason(), "write the path of a file or folder");
    }
  }

  /** A whole number within both limits. */
  int integer(int min, int max) {
    String rule =
        max == Integer.MAX_VALUE
            ? "must be a whole number of at least " + min
            : "must be a whole number from " + min + " to " + max;
    Long value = form == Form.WORD ? Longs.tryParse(text) : null;
    if (value == null) {
      throw refuse(rule, form == Form.QUOTED ? UNQUOTE : "write it in digits");
    }
    if (value < min || value > max) {
      throw refuse(rule, value < min ? "raise it to " + min + " or more" : "lower it");
    }
    return value.intValue();
  }

  /** Any 64-bit whole number. */
  long longInteger() {
    Long value = form == Form.WORD ? Longs.tryParse(text) : null;
    if (value == null) {
      throw refuse(
          "must be a whole number of at most 64 bits",
          form == Form.QUOTED ? UNQUOTE : "write it in digits, such as 42");
    }
    return value;
  }

  /**
   * A number strictly between 0 and 1.
   *
   * @param usual one that does well, for the help
   */
  double fraction(String usual) {
    double value = number();
    if (!(value > 0 && value < 1)) {
      throw refuse("must lie between 0 and 1, both excluded", "try " + usual);
    }
    return value;
  }

  /** A number in {@code least} … {@code most}, both included. */
  double within(double least, double most) {
    double value = number();
    if (!(value >= least && value <= most)) {
      throw refuse("must lie between " + least + " and " + most, "try 0.5");
    }
    return value;
  }

  /** A finite number greater than 0, or from 0 on when {@code zeroAllowed}. */
  double positive(boolean zeroAllowed) {
    double value = number();
    if (value < 0 || (value == 0 && !zeroAllowed)) {
      throw refuse(zeroAllowed ? "must be 0 or more" : "must be more than 0", "try 0.01");
    }
    return value;
  }

  private double number() {
    double value =
        form == Form.WORD && NUMBER.matcher(text).matches()
            ? Double.parseDouble(text)
            : Double.POSITIVE_INFINITY;
    if (Double.isInfinite(value)) {
      throw refuse(
          "must be a finite number, such as 0.5",
          form == Form.QUOTED ? UNQUOTE : "write it with a decimal point: 0.5");
    }
    return value;
  }

  /** {@code true} or {@code false}. */
  boolean bool() {
    if (form == Form.WORD && (text.equals("true") || text.equals("false"))) {
      return text.equals("true");
    }
    throw refuse("must be true or false", form == Form.QUOTED ? UNQUOTE : "write true or false");
  }

  /** The value that goes by this name. */
  <T> T oneOf(Map<String, T> choices) {
    T choice = form == Form.LIST ? null : choices.get(text);
    if (choice == null) {
      throw refuse(
          "is not known; allowed: " + String.join(", ", choices.keySet()),
          DidYouMean.help(text, choices.keySet(), "choose one of these"));
    }
    return choice;
  }

  /** Whether it starts as a number does, whatever follows. */
  boolean looksNumeric() {
    return text.matches("[-+.]*[0-9].*");
  }

  /** The text before the first {@code separator}; all of it when there is none. */
  String before(char separator) {
    int at = text.indexOf(separator);
    return at < 0 ? text : text.substring(0, at);
  }

  /**
   * What follows the first {@code separator}, to be read on its own, as a word; blank when there is
   * none.
   */
  Setting after(char separator) {
    String name = before(separator);
    String rest = name.length() == text.length() ? "" : text.substring(name.length() + 1);
    return word(label + " " + name + separator, base, rest);
  }

  /** The items of a list; of a single value, that value. */
  ImmutableList<Setting> itemsOrSelf() {
    return form == Form.LIST ? items : ImmutableList.of(this);
  }

  /** An amount of memory in bytes, at least {@code min}. */
  long bytes(long min) {
    OptionalLong bytes = form == Form.LIST ? OptionalLong.empty() : ByteSize.parse(text);
    if (bytes.isEmpty()) {
      throw refuse("must be a number of bytes or a size such as 4GiB or 500MB", "write 4GiB");
    }
    if (bytes.getAsLong() < min) {
      throw refuse("is too little; allowed: at least " + min + " bytes", "write 4GiB");
    }
    return bytes.getAsLong();
  }

  /** The items of a list; a word is split at its commas. */
  ImmutableList<Setting> elements() {
    if (form == Form.LIST) {
      return items;
    }
    return COMMAS
        .splitToStream(text)
        .map(part -> word(label, base, part))
        .collect(ImmutableList.toImmutableList());
  }

  /** The error for this value: its place, the value, the rule. */
  UsageException refuse(String rule, String help) {
    boolean quoted = form == Form.QUOTED || text.isBlank();
    return new UsageException(label + " " + (quoted ? "'" + text + "'" : text) + ": " + rule, help);
  }
}
