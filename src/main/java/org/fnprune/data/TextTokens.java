package org.fnprune.data;

import com.google.common.primitives.ImmutableIntArray;

/**
 * The tokens of a text, and where in it they are.
 *
 * @param ids of the tokens
 * @param starts where each token's text starts, in UTF-16 units; −1 for special tokens
 * @param ends where each token's text ends, exclusive; −1 for special tokens
 */
public record TextTokens(ImmutableIntArray ids, ImmutableIntArray starts, ImmutableIntArray ends) {

  public TextTokens {
    if (ids.length() != starts.length() || ids.length() != ends.length()) {
      throw new IllegalArgumentException(ids.length() + " tokens, " + starts.length() + " places");
    }
  }

  /** Number of tokens. */
  public int size() {
    return ids.length();
  }
}
