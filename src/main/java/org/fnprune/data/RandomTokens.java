package org.fnprune.data;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.SplittableRandom;

/** Seeded random token ids, where a model only has to run: equality checks and latency. */
public final class RandomTokens {

  private RandomTokens() {}

  /**
   * A batch without padding.
   *
   * @param vocabulary ids are drawn from 0 … vocabulary − 1
   */
  public static TokenBatch batch(int rows, int length, int vocabulary, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ImmutableList.Builder<ImmutableIntArray> sequences = ImmutableList.builder();
    for (int row = 0; row < rows; row++) {
      sequences.add(ImmutableIntArray.copyOf(random.ints(length, 0, vocabulary)));
    }
    return new TokenBatch(sequences.build(), 0);
  }
}
