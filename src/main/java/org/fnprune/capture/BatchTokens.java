package org.fnprune.capture;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableLongArray;
import java.util.Arrays;
import org.fnprune.data.TokenBatch;
import org.fnprune.runtime.ExtraInput;

/**
 * Where the tokens of a batch are among its batch × sequence positions, padding left out, as inputs
 * of a graph that gathers them.
 */
final class BatchTokens {

  /** The number of positions, padding included: int64, 1 value. */
  static final String POSITIONS = "fnprune_positions";

  /** The positions of the tokens: int64, n values. */
  static final String TOKENS = "fnprune_tokens";

  /** Ones, 1 × n: the sum over tokens as a product. */
  static final String ONES = "fnprune_ones";

  /** The positions of tokens with a successor: int64, p values. */
  static final String EARLIER = "fnprune_earlier";

  /** The positions of their successors: int64, p values. */
  static final String LATER = "fnprune_later";

  /** What each pair counts, 1 × p. */
  static final String PAIR_WEIGHTS = "fnprune_pair_weights";

  static final ImmutableList<String> INTEGERS = ImmutableList.of(POSITIONS, TOKENS, EARLIER, LATER);

  static final ImmutableList<String> FLOATS = ImmutableList.of(ONES, PAIR_WEIGHTS);

  private BatchTokens() {}

  /** Pairs of neighbouring tokens in a batch. */
  static long pairs(TokenBatch batch) {
    return batch.tokens() - batch.size();
  }

  /** The inputs for one batch. */
  static ImmutableMap<String, ExtraInput> inputs(TokenBatch batch) {
    ImmutableLongArray.Builder tokens = ImmutableLongArray.builder();
    ImmutableLongArray.Builder earlier = ImmutableLongArray.builder();
    for (int row = 0; row < batch.size(); row++) {
      long start = (long) row * batch.length();
      int length = batch.sequences().get(row).length();
      for (int t = 0; t < length; t++) {
        tokens.add(start + t);
        if (t + 1 < length) {
          earlier.add(start + t);
        }
      }
    }
    return ImmutableMap.<String, ExtraInput>builder()
        .put(POSITIONS, longs((long) batch.size() * batch.length()))
        .put(TOKENS, longs(tokens.build().toArray()))
        .put(ONES, weights(1, Math.toIntExact(batch.tokens())))
        .putAll(pairInputs(earlier.build()))
        .buildOrThrow();
  }

  /** Where there is no pair, a token with itself counts zero: not every operator takes nothing. */
  private static ImmutableMap<String, ExtraInput> pairInputs(ImmutableLongArray earlier) {
    return earlier.isEmpty()
        ? ImmutableMap.of(EARLIER, longs(0), LATER, longs(0), PAIR_WEIGHTS, weights(0, 1))
        : ImmutableMap.of(
            EARLIER,
            longs(earlier.toArray()),
            LATER,
            longs(earlier.stream().map(t -> t + 1).toArray()),
            PAIR_WEIGHTS,
            weights(1, earlier.length()));
  }

  private static ExtraInput longs(long... values) {
    return ExtraInput.ofLongs(values, values.length);
  }

  private static ExtraInput weights(float value, int count) {
    float[] weights = new float[count];
    Arrays.fill(weights, value);
    return new ExtraInput(weights, 1, count);
  }
}
