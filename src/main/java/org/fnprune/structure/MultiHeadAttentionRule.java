package org.fnprune.structure;

import com.google.common.primitives.ImmutableIntArray;

/**
 * ONNX Runtime's MultiHeadAttention, whose inputs come apart or packed:
 *
 * <pre>
 *   query [b, s, n·D], key [b, t, n·D], value [b, t, n·Dv]
 *   query [b, s, n·D], packed [b, t, n, 2, D]
 *   packed [b, s, n, 3, D]
 *   query [b, s, n·D], key and value of an encoder [b, n, t, D]
 *   bias [n·D + n·D + n·Dv], past and present [b, n, t, D], bias of the scores [b, n or 1, s, t]
 * </pre>
 */
final class MultiHeadAttentionRule implements OperatorRule {

  private static final int QUERY = 0;
  private static final int KEY = 1;
  private static final int VALUE = 2;
  private static final int BIAS = 3;
  private static final int SCORES = 5;
  private static final int PAST_KEY = 6;
  private static final int PAST_VALUE = 7;

  @Override
  public void reach(Reach reach) {
    if (reach.input(KEY).isEmpty() && rank(reach, QUERY) != 5) {
      throw reach.blocked("has queries, keys and values packed in a way that is not known");
    }
    int count = Heads.told(reach, "num_heads");
    Heads heads = Heads.of(reach, count, count);
    int packed = reach.input(KEY).isEmpty() ? QUERY : KEY;
    int value = reach.input(VALUE).isEmpty() ? packed : VALUE;
    ImmutableIntArray queries = heads.queries(width(reach, heads, QUERY));
    ImmutableIntArray values = heads.keys(width(reach, heads, value));
    ImmutableIntArray each = heads.eachKey();
    new HeadMap(reach, heads)
        .queryInput(QUERY)
        .keyInput(KEY)
        .keyInput(VALUE)
        .input(
            BIAS,
            HeadMap.VALUES,
            ImmutableIntArray.builder().addAll(queries).addAll(queries).addAll(values).build())
        .scoreInput(SCORES)
        .input(PAST_KEY, HeadMap.HEADS, each)
        .input(PAST_VALUE, HeadMap.HEADS, each)
        .output(0, HeadMap.VALUES, values)
        .output(1, HeadMap.HEADS, each)
        .output(2, HeadMap.HEADS, each)
        .output(3, HeadMap.HEADS, each)
        .counted("num_heads", -1, each)
        .attend();
  }

  /** Values of all heads together, whether they have an axis of their own or not. */
  private static long width(Reach reach, Heads heads, int input) {
    long last = heads.width(input);
    return rank(reach, input) == 3 ? last : heads.queries() * last;
  }

  private static int rank(Reach reach, int input) {
    return reach.sizes(reach.input(input)).size();
  }
}
