package org.fnprune.verify;

import java.nio.FloatBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.fnprune.data.TokenPair;

/**
 * An answer in a context.
 *
 * @param first its first token, counted from the context's first
 * @param last its last token
 * @param score start + end logit
 */
record Span(int first, int last, double score) {

  /** There is no answer. */
  static final Span NONE = new Span(-1, -1, Double.NEGATIVE_INFINITY);

  boolean isNone() {
    return first < 0;
  }

  /** The one with the larger score; of equals this. */
  Span or(Span other) {
    return other.score > score ? other : this;
  }

  /** The same in a context that has more tokens before. */
  Span shifted(int tokens) {
    return isNone() ? this : new Span(first + tokens, last + tokens, score);
  }

  /**
   * The best span of a window: of the {@code nBest} likeliest starts and ends in the context, the
   * pair with the largest sum whose end is not before its start and not too far behind.
   *
   * @param at where the window's logits start
   * @param longest tokens that a span may have
   */
  static Span best(
      TokenPair window, FloatBuffer starts, FloatBuffer ends, int at, int nBest, int longest) {
    int[] context =
        IntStream.range(0, window.ids().length()).filter(i -> window.parts().get(i) == 2).toArray();
    List<Integer> firsts = likeliest(context, starts, at, nBest);
    List<Integer> lasts = likeliest(context, ends, at, nBest);
    Span best = NONE;
    for (int first : firsts) {
      for (int last : lasts) {
        if (last >= first && last - first < longest) {
          double score = (double) starts.get(at + context[first]) + ends.get(at + context[last]);
          best = best.or(new Span(first, last, score));
        }
      }
    }
    return best;
  }

  private static List<Integer> likeliest(int[] context, FloatBuffer logits, int at, int count) {
    return IntStream.range(0, context.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -logits.get(at + context[i])))
        .limit(count)
        .toList();
  }
}
