package org.fnprune.data;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Token sequences that run through the model together, padded on the right to the longest.
 *
 * @param sequences token ids of each row, without padding; none is empty
 * @param types token types of each row, 1 for the second text of a pair; empty where all are 0
 * @param padId the id that fills the rest of a row; masked out everywhere
 */
public record TokenBatch(
    ImmutableList<ImmutableIntArray> sequences, ImmutableList<ImmutableIntArray> types, int padId) {

  public TokenBatch {
    if (sequences.isEmpty() || sequences.stream().anyMatch(ImmutableIntArray::isEmpty)) {
      throw new IllegalArgumentException("a batch needs sequences of at least one token");
    }
    if (!types.isEmpty() && !lengths(types).equals(lengths(sequences))) {
      throw new IllegalArgumentException("types of other tokens");
    }
  }

  /** Single texts. */
  public TokenBatch(ImmutableList<ImmutableIntArray> sequences, int padId) {
    this(sequences, ImmutableList.of(), padId);
  }

  private static ImmutableIntArray lengths(ImmutableList<ImmutableIntArray> rows) {
    return ImmutableIntArray.copyOf(rows.stream().mapToInt(ImmutableIntArray::length));
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
    return padded(sequences, padId);
  }

  /** Token types, size × length, row-major; padding is 0. */
  public long[] typeIds() {
    return types.isEmpty() ? new long[size() * length()] : padded(types, 0);
  }

  private long[] padded(ImmutableList<ImmutableIntArray> rows, int filler) {
    int length = length();
    long[] values = new long[size() * length];
    for (int row = 0; row < size(); row++) {
      ImmutableIntArray sequence = rows.get(row);
      for (int i = 0; i < length; i++) {
        values[row * length + i] = i < sequence.length() ? sequence.get(i) : filler;
      }
    }
    return values;
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
    return new TokenBatch(columns(sequences, from, to), columns(types, from, to), padId);
  }

  private static ImmutableList<ImmutableIntArray> columns(
      ImmutableList<ImmutableIntArray> rows, int from, int to) {
    return rows.stream()
        .map(row -> row.subArray(from, to))
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * The rows with one more token each.
   *
   * @throws IllegalArgumentException when there are not as many tokens as rows
   */
  public TokenBatch followedBy(ImmutableIntArray tokens) {
    if (tokens.length() != size() || !types.isEmpty()) {
      throw new IllegalArgumentException(tokens.length() + " tokens for " + size() + " rows");
    }
    return new TokenBatch(
        IntStream.range(0, size())
            .mapToObj(
                row ->
                    ImmutableIntArray.builder(sequences.get(row).length() + 1)
                        .addAll(sequences.get(row))
                        .add(tokens.get(row))
                        .build())
            .collect(ImmutableList.toImmutableList()),
        padId);
  }
}
