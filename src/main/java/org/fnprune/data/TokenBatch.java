package org.fnprune.data;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Arrays;

/**
 * Token sequences that run through the model together, padded on the right to the longest.
 *
 * @param sequences token ids of each row, without padding; none is empty
 * @param padId the id that fills the rest of a row; masked out everywhere
 */
public record TokenBatch(ImmutableList<ImmutableIntArray> sequences, int padId) {

  public TokenBatch {
    if (sequences.isEmpty() || sequences.stream().anyMatch(ImmutableIntArray::isEmpty)) {
      throw new IllegalArgumentException("a batch needs sequences of at least one token");
    }
  }

  /** Number of rows. */
  public int size() {
    return sequences.size();
  }

  /** Tokens of the longest row. */
  public int length() {
    return sequences.stream().mapToInt(ImmutableIntArray::length).max().orElseThrow();
  }

  /** Tokens that are not padding. */
  public long tokens() {
    return sequences.stream().mapToLong(ImmutableIntArray::length).sum();
  }

  /** Ids, size × length, row-major, padded. */
  public long[] ids() {
    int length = length();
    long[] ids = new long[size() * length];
    for (int row = 0; row < size(); row++) {
      ImmutableIntArray sequence = sequences.get(row);
      for (int i = 0; i < length; i++) {
        ids[row * length + i] = i < sequence.length() ? sequence.get(i) : padId;
      }
    }
    return ids;
  }

  /** One for a token, zero for padding; size × length, row-major. */
  public long[] mask() {
    int length = length();
    long[] mask = new long[size() * length];
    for (int row = 0; row < size(); row++) {
      Arrays.fill(mask, row * length, row * length + sequences.get(row).length(), 1L);
    }
    return mask;
  }

  /** The rows cut to the shortest: a batch without padding. */
  public TokenBatch cut() {
    int shortest = sequences.stream().mapToInt(ImmutableIntArray::length).min().orElseThrow();
    return columns(0, shortest);
  }

  /**
   * Tokens {@code from} (inclusive) to {@code to} (exclusive) of every row.
   *
   * @throws IndexOutOfBoundsException when a row is shorter
   */
  public TokenBatch columns(int from, int to) {
    return new TokenBatch(
        sequences.stream()
            .map(row -> row.subArray(from, to))
            .collect(ImmutableList.toImmutableList()),
        padId);
  }
}
