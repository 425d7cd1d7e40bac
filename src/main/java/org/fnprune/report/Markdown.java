package org.fnprune.report;

import java.util.regex.Pattern;

/** Text that comes from models, recipes and data, made safe for Markdown. */
final class Markdown {

  private static final Pattern SPECIAL = Pattern.compile("[\\\\`*_{}\\[\\]<>|~#&]");

  private Markdown() {}

  /** The text as Markdown that shows exactly it, on one line and without HTML. */
  static String escape(String text) {
    return SPECIAL.matcher(text.replaceAll("\\p{Cntrl}+", " ")).replaceAll("\\\\$0");
  }

  /**
   * Text as it is, line by line, in a block that nothing in it can end.
   *
   * @param language for colours; may be empty
   */
  static String block(String language, String text) {
    String fence = "```";
    while (text.contains(fence)) {
      fence += "`";
    }
    return fence + language + "\n" + text + (text.endsWith("\n") ? "" : "\n") + fence + "\n";
  }
}
