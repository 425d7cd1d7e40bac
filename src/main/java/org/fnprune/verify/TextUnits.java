package org.fnprune.verify;

import com.google.common.primitives.ImmutableIntArray;
import java.nio.charset.StandardCharsets;
import org.fnprune.data.TextTokens;

/**
 * How many words and bytes of a text each of its tokens stands for. A token stands for all text
 * behind the token before it, the last one for the rest; sums over a whole text are its words as
 * lm-evaluation-harness counts them (white space runs and one more) and its bytes in UTF-8.
 *
 * @param words of each token
 * @param bytes of each token
 */
record TextUnits(ImmutableIntArray words, ImmutableIntArray bytes) {

  static TextUnits of(String text, TextTokens tokens) {
    int[] words = new int[tokens.size()];
    int[] bytes = new int[tokens.size()];
    int last = tokens.ends().stream().boxed().toList().lastIndexOf(lastEnd(tokens));
    int done = 0;
    boolean first = true;
    for (int i = 0; i < tokens.size(); i++) {
      int end = i == last ? text.length() : tokens.ends().get(i);
      if (end < 0) {
        continue;
      }
      words[i] = first ? 1 : 0;
      first = false;
      if (end > done) {
        words[i] += runs(text, done, end);
        bytes[i] = text.substring(done, end).getBytes(StandardCharsets.UTF_8).length;
        done = end;
      }
    }
    return new TextUnits(ImmutableIntArray.copyOf(words), ImmutableIntArray.copyOf(bytes));
  }

  private static int lastEnd(TextTokens tokens) {
    return tokens.ends().stream().max().orElse(-1);
  }

  /** Runs of white space that start in a part of the text. */
  private static int runs(String text, int from, int to) {
    int runs = 0;
    for (int i = from; i < to; i++) {
      boolean starts = WhiteSpace.is(text.charAt(i));
      runs += starts && (i == 0 || !WhiteSpace.is(text.charAt(i - 1))) ? 1 : 0;
    }
    return runs;
  }
}
