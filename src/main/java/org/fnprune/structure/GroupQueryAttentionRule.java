package org.fnprune.structure;

import com.google.common.primitives.ImmutableIntArray;

/**
 * ONNX Runtime's GroupQueryAttention, in which n query heads share k heads of keys and values:
 *
 * <pre>
 *   query [b, s, n·D], key and value [b, s, k·D], or all packed in [b, s, (n + 2k)·D]
 *   past and present [b, k, t, D], sinks [n], bias of the scores [b or 1, n or 1, s, t]
 * </pre>
 *
 * <p>A head of keys goes with its query heads, so that n stays a multiple of k; a single head of
 * keys stays whatever queries go. Rotary caches and norm weights are as wide as one head and stay
 * as they are.
 */
final class GroupQueryAttentionRule implements OperatorRule {

  private static final int QUERY = 0;
  private static final int KEY = 1;
  private static final int VALUE = 2;
  private static final int PAST_KEY = 3;
  private static final int PAST_VALUE = 4;
  private static final int SCORES = 10;
  private static final int SINKS = 11;
  private static final int KEY_SCALE = 12;
  private static final int VALUE_SCALE = 13;

  @Override
  public void reach(Reach reach) {
    Heads heads =
        Heads.of(reach, Heads.told(reach, "num_heads"), Heads.told(reach, "kv_num_heads"));
    boolean packed = reach.input(KEY).isEmpty();
    int size = headSize(reach, heads, packed);
    ImmutableIntArray queries = heads.queries((long) heads.queries() * size);
    ImmutableIntArray each = heads.eachKey();
    HeadMap map = new HeadMap(reach, heads);
    if (!packed) {
      map.queryInput(QUERY).keyInput(KEY).keyInput(VALUE);
    } else if (!heads.isSingle()) {
      ImmutableIntArray keys = heads.keys((long) heads.keys() * size);
      map.input(
          QUERY,
          HeadMap.VALUES,
          ImmutableIntArray.builder().addAll(queries).addAll(keys).addAll(keys).build());
    }
    for (int scale : new int[] {KEY_SCALE, VALUE_SCALE}) {
      if (reach.propagation().spans(reach.input(scale), HeadMap.HEADS)) {
        map.input(scale, HeadMap.HEADS, each);
      }
    }
    map.input(PAST_KEY, HeadMap.HEADS, each)
        .input(PAST_VALUE, HeadMap.HEADS, each)
        .scoreInput(SCORES)
        .input(SINKS, HeadMap.VALUES, heads.eachQuery())
        .output(0, HeadMap.VALUES, queries)
        .output(1, HeadMap.HEADS, each)
        .output(2, HeadMap.HEADS, each)
        .output(3, HeadMap.HEADS, heads.eachQuery())
        .counted("num_heads", -1, heads.eachQuery())
        .counted("kv_num_heads", -1, each)
        .attend();
  }

  private static int headSize(Reach reach, Heads heads, boolean packed) {
    long sharing = heads.queries() + (packed ? 2L * heads.keys() : 0);
    int width = heads.width(QUERY);
    if (width % sharing != 0) {
      throw reach.blocked("shares " + width + " values among " + sharing + " heads");
    }
    return (int) (width / sharing);
  }
}
