package org.fnprune.data;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import java.util.stream.IntStream;

/** Puts sequences of similar length together, so that little is padded. */
public final class Batches {

  private Batches() {}

  /**
   * A batch that knows where its rows came from.
   *
   * @param rows for each row of the batch, its place in the list it was made from
   */
  public record Indexed(TokenBatch batch, ImmutableIntArray rows) {

    public Indexed {
      if (rows.length() != batch.size()) {
        throw new IllegalArgumentException(rows.length() + " rows of " + batch.size());
      }
    }
  }

  /** As {@link #byLength} for pairs of texts, which keep their token types. */
  public static ImmutableList<Indexed> ofPairs(List<TokenPair> pairs, int batchSize, int padId) {
    ImmutableList.Builder<Indexed> batches = ImmutableList.builder();
    for (Indexed plain : byLength(pairs.stream().map(TokenPair::ids).toList(), batchSize, padId)) {
      ImmutableList<ImmutableIntArray> types =
          plain.rows().stream()
              .mapToObj(row -> pairs.get(row).types())
              .collect(ImmutableList.toImmutableList());
      batches.add(
          new Indexed(new TokenBatch(plain.batch().sequences(), types, padId), plain.rows()));
    }
    return batches.build();
  }

  /** Batches of sequences of one length each: nothing is padded. */
  public static ImmutableList<Indexed> ofOneLength(
      List<ImmutableIntArray> sequences, int batchSize, int padId) {
    ImmutableList.Builder<Indexed> batches = ImmutableList.builder();
    int[] lengths =
        sequences.stream().mapToInt(ImmutableIntArray::length).distinct().sorted().toArray();
    for (int i = lengths.length - 1; i >= 0; i--) {
      int length = lengths[i];
      int[] same =
          IntStream.range(0, sequences.size())
              .filter(row -> sequences.get(row).length() == length)
              .toArray();
      List<ImmutableIntArray> part = IntStream.of(same).mapToObj(sequences::get).toList();
      for (Indexed batch : byLength(part, batchSize, padId)) {
        batches.add(
            new Indexed(
                batch.batch(),
                ImmutableIntArray.copyOf(batch.rows().stream().map(row -> same[row]))));
      }
    }
    return batches.build();
  }

  /**
   * Batches from the longest sequences to the shortest, so that a model that runs out of memory
   * does so at once; equal lengths keep their order.
   *
   * @param batchSize rows of each batch; the last one may have fewer
   */
  public static ImmutableList<Indexed> byLength(
      List<ImmutableIntArray> sequences, int batchSize, int padId) {
    ImmutableIntArray order = LengthOrder.order(Sequences.of(sequences));
    ImmutableList.Builder<Indexed> batches = ImmutableList.builder();
    for (int start = 0; start < order.length(); start += batchSize) {
      ImmutableIntArray rows =
          order.subArray(start, Math.min(order.length(), start + batchSize)).trimmed();
      ImmutableList<ImmutableIntArray> part =
          rows.stream().mapToObj(sequences::get).collect(ImmutableList.toImmutableList());
      batches.add(new Indexed(new TokenBatch(part, padId), rows));
    }
    return batches.build();
  }
}
