package org.fnprune.verify;

import com.google.common.collect.ImmutableList;

/**
 * A part of a token sequence that goes through the model at once, and what of it counts.
 *
 * @param from its first token
 * @param to the token after its last one
 * @param scored the first token whose likelihood counts; all up to {@code to} do
 */
record Window(int from, int to, int scored) {

  Window {
    if (from < 0 || scored <= from || scored >= to) {
      throw new IllegalArgumentException(from + " to " + to + ", counted from " + scored);
    }
  }

  /** Tokens that count. */
  int count() {
    return to - scored;
  }

  /** All of a short sequence, every token but the first counting. */
  static ImmutableList<Window> whole(int tokens) {
    return tokens < 2 ? ImmutableList.of() : ImmutableList.of(new Window(0, tokens, 1));
  }

  /**
   * The WikiText-2 protocol: windows side by side, each without knowledge of the one before; the
   * tail that fills none is dropped, unless it is all there is.
   *
   * @param limit at most this many; 0 for all
   */
  static ImmutableList<Window> apart(int tokens, int length, int limit) {
    if (tokens < length) {
      return whole(tokens);
    }
    int count = limit > 0 ? Math.min(limit, tokens / length) : tokens / length;
    ImmutableList.Builder<Window> windows = ImmutableList.builder();
    for (int w = 0; w < count && length > 1; w++) {
      windows.add(new Window(w * length, (w + 1) * length, w * length + 1));
    }
    return windows.build();
  }

  /**
   * Overlapping windows, each {@code stride} tokens behind the last: only tokens that no window had
   * before count. The last one ends with the sequence.
   *
   * @param limit at most this many; 0 for all
   */
  static ImmutableList<Window> strided(int tokens, int length, int stride, int limit) {
    ImmutableList.Builder<Window> windows = ImmutableList.builder();
    int done = 0;
    int made = 0;
    for (int from = 0; done < tokens && (limit == 0 || made < limit); from += stride) {
      int to = Math.min(from + length, tokens);
      int scored = Math.max(done, from + 1);
      if (scored < to) {
        windows.add(new Window(from, to, scored));
        made++;
      }
      done = to;
    }
    return windows.build();
  }

  /**
   * As lm-evaluation-harness's {@code loglikelihood_rolling}: the sequence starts with a begin
   * token, every other token counts once, and the model sees {@code length} tokens at most; the
   * last window reaches back to be as long.
   *
   * @param limit at most this many; 0 for all
   */
  static ImmutableList<Window> rolling(int tokens, int length, int limit) {
    ImmutableList.Builder<Window> windows = ImmutableList.builder();
    int made = 0;
    for (int done = 1; done < tokens && (limit == 0 || made < limit); made++) {
      int to = Math.min(done + length, tokens);
      windows.add(new Window(Math.max(0, to - length - 1), to, done));
      done = to;
    }
    return windows.build();
  }
}
