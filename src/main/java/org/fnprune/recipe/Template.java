package org.fnprune.recipe;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.function.UnaryOperator;

/**
 * A text made of a row's fields, such as <code>Review: {text}</code>: a name in braces stands for a
 * field, a nested one with dots in it, and a doubled brace for the brace itself.
 *
 * @param literals the texts around the fields, one more than there are fields
 * @param fields the fields' names, in order
 */
public record Template(ImmutableList<String> literals, ImmutableList<String> fields) {

  public Template {
    if (literals.size() != fields.size() + 1) {
      throw new IllegalArgumentException(literals + " around " + fields);
    }
  }

  /** The text of one field. */
  public static Template field(String name) {
    return new Template(ImmutableList.of("", ""), ImmutableList.of(name));
  }

  /** A name without braces is a field, anything else a template. */
  static Template fieldOrTemplate(Setting setting) {
    String text = setting.string();
    return text.indexOf('{') < 0 && text.indexOf('}') < 0 ? field(text) : parse(setting);
  }

  /**
   * A template, which may be all literal.
   *
   * @throws org.fnprune.common.UsageException for a brace without its partner, naming the place
   */
  static Template parse(Setting setting) {
    String text = setting.text();
    ImmutableList.Builder<String> literals = ImmutableList.builder();
    ImmutableList.Builder<String> fields = ImmutableList.builder();
    StringBuilder literal = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean doubled = (c == '{' || c == '}') && text.startsWith("" + c + c, i);
      if (doubled) {
        literal.append(c);
        i++;
      } else if (c == '{') {
        int end = text.indexOf('}', i);
        String name = end < 0 ? "" : text.substring(i + 1, end);
        if (name.isBlank() || name.indexOf('{') >= 0) {
          throw unbalanced(setting, "{");
        }
        literals.add(literal.toString());
        fields.add(name);
        literal.setLength(0);
        i = end;
      } else if (c == '}') {
        throw unbalanced(setting, "}");
      } else {
        literal.append(c);
      }
    }
    return new Template(literals.add(literal.toString()).build(), fields.build());
  }

  private static RuntimeException unbalanced(Setting setting, String brace) {
    return setting.refuse(
        "'" + brace + "' does not belong to a {field}",
        "write '" + brace + brace + "' for the character itself");
  }

  /** The fields, each once. */
  public ImmutableSet<String> names() {
    return ImmutableSet.copyOf(fields);
  }

  /**
   * The text of one row.
   *
   * @param values the text of each field
   */
  public String render(UnaryOperator<String> values) {
    StringBuilder text = new StringBuilder(literals.get(0));
    for (int i = 0; i < fields.size(); i++) {
      text.append(values.apply(fields.get(i))).append(literals.get(i + 1));
    }
    return text.toString();
  }

  /** How errors name it: the field, or "the prompt" and the like. */
  public String described(String role) {
    return fields.size() == 1 && literals.stream().allMatch(String::isEmpty)
        ? "field '" + fields.get(0) + "'"
        : "the " + role;
  }
}
