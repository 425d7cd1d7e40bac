package org.fnprune.structure;

import com.google.common.primitives.ImmutableIntArray;
import org.fnprune.model.Attributes;

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
    int heads = heads(reach, QUERY, "q_num_heads", flat);
    int keyHeads = heads(reach, KEY, "kv_num_heads", flat);
    HeadMap map = HeadMap.of(reach, heads, keyHeads);
    ImmutableIntArray queries = map.queries(heads);
    ImmutableIntArray keys = map.keys(keyHeads);
    if (flat) {
      int valueSize = map.width(VALUE) / keyHeads;
      map.output(0, HeadMap.VALUES, map.queries(heads * valueSize));
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
    if (flat) {
      return Math.toIntExact(Attributes.integer(reach.node(), attribute, 0));
    }
    return reach
        .shapes()
        .size(reach.input(input), HeadMap.HEADS)
        .filter(Size::isKnown)
        .map(size -> Math.toIntExact(size.factor()))
        .orElseThrow(() -> reach.blocked("has an unknown number of heads"));
  }
}
