package org.fnprune.verify;

import com.google.common.primitives.ImmutableIntArray;
import java.util.stream.IntStream;
import org.fnprune.data.TextTokens;
import org.fnprune.data.Tokenizer;

/**
 * A tokenised text whose tokens know what of it they stand for.
 *
 * @param ids of its tokens
 * @param words that each token stands for
 * @param bytes that each token stands for
 */
record Document(ImmutableIntArray ids, ImmutableIntArray words, ImmutableIntArray bytes) {

  /** A text with all special tokens. */
  static Document of(String text, Tokenizer tokenizer) {
    return of(text, tokenizer.tokens(text, true));
  }

  /** A text behind a begin token, without other special tokens. */
  static Document behind(int begin, String text, Tokenizer tokenizer) {
    Document document = of(text, tokenizer.tokens(text, false));
    return new Document(
        prepended(begin, document.ids), prepended(0, document.words), prepended(0, document.bytes));
  }

  private static Document of(String text, TextTokens tokens) {
    TextUnits units = TextUnits.of(text, tokens);
    return new Document(tokens.ids(), units.words(), units.bytes());
  }

  private static ImmutableIntArray prepended(int first, ImmutableIntArray rest) {
    return ImmutableIntArray.builder(rest.length() + 1).add(first).addAll(rest).build();
  }

  /** At most {@code maxTokens} tokens: the text's last ones go, special ones behind it stay. */
  Document cut(int maxTokens, int trailing) {
    if (ids.length() <= maxTokens) {
      return this;
    }
    int tail = Math.min(trailing, maxTokens);
    int[] kept =
        IntStream.concat(
                IntStream.range(0, maxTokens - tail),
                IntStream.range(ids.length() - tail, ids.length()))
            .toArray();
    return new Document(only(ids, kept), only(words, kept), only(bytes, kept));
  }

  private static ImmutableIntArray only(ImmutableIntArray values, int[] kept) {
    return ImmutableIntArray.copyOf(IntStream.of(kept).map(values::get));
  }

  /** Words that the counting tokens of a window stand for. */
  int words(Window window) {
    return sum(words, window);
  }

  /** Bytes that the counting tokens of a window stand for. */
  int bytes(Window window) {
    return sum(bytes, window);
  }

  private static int sum(ImmutableIntArray values, Window window) {
    return values.subArray(window.scored(), window.to()).stream().sum();
  }
}
