package org.fnprune.data;

import com.google.common.primitives.ImmutableIntArray;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Two texts as one sequence of tokens, in the form that the tokenizer's template gives pairs.
 *
 * @param ids of all tokens
 * @param types token types: usually 0 up to the first text's end and 1 from there on
 * @param parts 1 or 2 for a token of that text, 0 for a special token
 */
public record TokenPair(ImmutableIntArray ids, ImmutableIntArray types, ImmutableIntArray parts) {

  public TokenPair {
    if (ids.length() != types.length() || ids.length() != parts.length()) {
      throw new IllegalArgumentException(ids.length() + " tokens, " + types.length() + " types");
    }
  }

  /** A single text. */
  public static TokenPair single(ImmutableIntArray ids) {
    int[] zeros = new int[ids.length()];
    ImmutableIntArray none = ImmutableIntArray.copyOf(zeros);
    return new TokenPair(ids, none, none);
  }

  /** Tokens of one of the texts, or special ones for 0. */
  public int count(int part) {
    return (int) parts.stream().filter(p -> p == part).count();
  }

  /**
   * At most {@code maxTokens} tokens, cut as Hugging Face cuts pairs ({@code longest_first}): the
   * longer text loses its last tokens until both are as long, then both do.
   */
  public TokenPair cut(int maxTokens) {
    int room = maxTokens - count(0);
    int first = count(1);
    int second = count(2);
    if (first + second <= room || room < 2) {
      return this;
    }
    int shorter = Math.min(first, second);
    int longer = shorter > room ? shorter : Math.max(shorter, room - shorter);
    if (shorter + longer > room) {
      shorter = room / 2;
      longer = shorter + room % 2;
    }
    return first <= second ? keeping(shorter, 0, longer) : keeping(longer, 0, shorter);
  }

  /**
   * The first {@code first} tokens of the first text and tokens {@code from} (inclusive) to {@code
   * to} (exclusive) of the second; special tokens stay.
   */
  public TokenPair keeping(int first, int from, int to) {
    int[] seen = new int[3];
    boolean[] kept = new boolean[ids.length()];
    for (int i = 0; i < kept.length; i++) {
      int part = parts.get(i);
      int at = seen[part]++;
      kept[i] = part == 0 || (part == 1 ? at < first : at >= from && at < to);
    }
    IntPredicate stays = i -> kept[i];
    return new TokenPair(only(ids, stays), only(types, stays), only(parts, stays));
  }

  private static ImmutableIntArray only(ImmutableIntArray values, IntPredicate stays) {
    return ImmutableIntArray.copyOf(
        IntStream.range(0, values.length()).filter(stays).map(values::get));
  }
}
