package org.fnprune;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import org.fnprune.data.RandomTokens;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.Graph;
import org.fnprune.model.ModelFolder;

/** Batches of random tokens that a model can take. */
final class RandomBatches {

  private static final int DEFAULT_VOCABULARY = 32;
  private static final ImmutableIntArray TRACED_LENGTHS =
      ImmutableIntArray.of(16, 8, 7, 6, 5, 4, 3, 2, 1, 9, 10, 11, 12, 20, 24, 32, 64, 128);

  private final ModelFolder folder;
  private final FixedShape fixed;

  RandomBatches(ModelFolder folder, Graph graph) {
    this.folder = folder;
    this.fixed = FixedShape.of(graph);
  }

  /** So many rows of so many tokens, or of as many as the model has positions. */
  TokenBatch of(int rows, int length, long seed) {
    int vocabulary =
        folder.configNumber("vocab_size").map(Math::toIntExact).orElse(DEFAULT_VOCABULARY);
    int longest = Positions.of(folder).map(p -> (int) Math.min(p, length)).orElse(length);
    return RandomTokens.batch(rows, longest, vocabulary, seed);
  }

  /** Two batches of different shapes, where the model takes any. */
  ImmutableList<TokenBatch> some(long seed) {
    return ImmutableList.of(
        of(fixed.rows().orElse(2), fixed.tokens().orElse(16), seed),
        of(fixed.rows().orElse(1), fixed.tokens().orElse(7), seed + 1));
  }

  /** Batches of the shapes that exporters fix, for models that take no other. */
  ImmutableList<TokenBatch> traced(long seed) {
    ImmutableList.Builder<TokenBatch> batches = ImmutableList.builder();
    for (int rows : new int[] {1, 2}) {
      for (int length : TRACED_LENGTHS.asList()) {
        batches.add(of(fixed.rows().orElse(rows), fixed.tokens().orElse(length), seed));
      }
    }
    return batches.build();
  }
}
