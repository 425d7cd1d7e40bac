package org.fnprune.structure;

import com.google.common.primitives.ImmutableIntArray;

/**
 * Attention of opset 23, in which n query heads share k heads of keys and values:
 *
 * <pre>
 *   Q [b, n, s, D], K [b, k, t, D], V [b, k, t, Dv] → Y [b, n, s, Dv]
 *   Q [b, s, n·D], K [b, t, k·D], V [b, t, k·Dv] → Y [b, s, n·Dv]     n and k are attributes
 *   mask broadcast to [b, n, s, t], past and present [b, k, t, D]
 * </pre>
 */
final class AttentionRule implements OperatorRule {

  private static final int QUERY = 0;
  private static final int KEY = 1;
  private static final int VALUE = 2;
  private static final int MASK = 3;
  private static final int PAST_KEY = 4;
  private static final int PAST_VALUE = 5;

  @Override
  public void reach(Reach reach) {
    boolean flat = reach.sizes(reach.input(QUERY)).size() == 3;
    Heads heads =
        Heads.of(
            reach,
            heads(reach, QUERY, "q_num_heads", flat),
            heads(reach, KEY, "kv_num_heads", flat));
    ImmutableIntArray queries = heads.eachQuery();
    ImmutableIntArray keys = heads.eachKey();
    HeadMap map = new HeadMap(reach, heads);
    if (flat) {
      long valueSize = heads.width(VALUE) / heads.keys();
      map.output(0, HeadMap.VALUES, heads.queries(heads.queries() * valueSize));
    } else {
      map.output(0, HeadMap.HEADS, queries);
    }
    map.queryInput(QUERY)
        .keyInput(KEY)
        .keyInput(VALUE)
        .scoreInput(MASK)
        .input(PAST_KEY, HeadMap.HEADS, keys)
        .input(PAST_VALUE, HeadMap.HEADS, keys)
        .output(1, HeadMap.HEADS, keys)
        .output(2, HeadMap.HEADS, keys)
        .output(3, HeadMap.HEADS, queries)
        .counted("q_num_heads", -1, queries)
        .counted("kv_num_heads", -1, keys)
        .attend();
  }

  private static int heads(Reach reach, int input, String attribute, boolean flat) {
    return flat ? Heads.told(reach, attribute) : Heads.counted(reach, input);
  }
}
