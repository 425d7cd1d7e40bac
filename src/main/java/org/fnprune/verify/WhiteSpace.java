package org.fnprune.verify;

/** White space as Python has it, which lm-evaluation-harness splits and strips by. */
final class WhiteSpace {

  private static final char NEXT_LINE = '\u0085';

  private WhiteSpace() {}

  static boolean is(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == NEXT_LINE;
  }

  /** The text without white space at its end. */
  static String stripEnd(String text) {
    int end = text.length();
    while (end > 0 && is(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }
}
