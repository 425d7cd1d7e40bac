package org.fnprune.data;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * Batches of sequences from the longest to the shortest, made when they are asked for: four bytes
 * of heap a row.
 */
final class LengthOrder extends AbstractList<TokenBatch> implements RandomAccess {

  private final Sequences sequences;
  private final ImmutableIntArray order;
  private final int batchSize;
  private final int padId;

  LengthOrder(Sequences sequences, int batchSize, int padId) {
    this.sequences = sequences;
    this.order = order(sequences);
    this.batchSize = batchSize;
    this.padId = padId;
  }

  /** The rows from the longest to the shortest; equal lengths keep their order. */
  static ImmutableIntArray order(Sequences sequences) {
    int longest = 0;
    for (int row = 0; row < sequences.size(); row++) {
      longest = Math.max(longest, sequences.length(row));
    }
    // Counting sort: where the rows of each length start, longest first.
    int[] next = new int[longest + 1];
    for (int row = 0; row < sequences.size(); row++) {
      next[sequences.length(row)]++;
    }
    int start = 0;
    for (int length = longest; length >= 0; length--) {
      int count = next[length];
      next[length] = start;
      start += count;
    }
    int[] order = new int[sequences.size()];
    for (int row = 0; row < order.length; row++) {
      order[next[sequences.length(row)]++] = row;
    }
    return ImmutableIntArray.copyOf(order);
  }

  @Override
  public TokenBatch get(int index) {
    int from = Objects.checkIndex(index, size()) * batchSize;
    int to = (int) Math.min(order.length(), (long) from + batchSize);
    return new TokenBatch(ImmutableList.copyOf(sequences.only(order.subArray(from, to))), padId);
  }

  @Override
  public int size() {
    return (int) (((long) order.length() + batchSize - 1) / batchSize);
  }
}
