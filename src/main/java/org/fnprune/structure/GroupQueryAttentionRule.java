package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.primitives.ImmutableIntArray;
import org.fnprune.model.Attributes;

/**
 * ONNX Runtime's GroupQueryAttention, in which n query heads share k heads of keys and values:
 *
 * <pre>
 *   query [b, s, n·D], key and value [b, s, k·D], or all packed in [b, s, (n + 2k)·D]
 *   past and present [b, k, t, D], sinks [n], bias of the scores [b or 1, n or 1, s, t]
 * </pre>
 *
 * <p>A head of keys goes with its query heads, so that n stays a multiple of k. Rotary caches and
 * norm weights are as wide as one head and stay as they are.
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
    NodeProto node = reach.node();
    int heads = Math.toIntExact(Attributes.integer(node, "num_heads", 0));
    int keyHeads = Math.toIntExact(Attributes.integer(node, "kv_num_heads", 0));
    HeadMap map = HeadMap.of(reach, heads, keyHeads);
    int size = headSize(reach, map, heads, keyHeads);
    ImmutableIntArray queries = map.queries(heads * size);
    ImmutableIntArray each = map.keys(keyHeads);
    if (reach.input(KEY).isEmpty()) {
      ImmutableIntArray keys = map.keys(keyHeads * size);
      map.input(
          QUERY,
          HeadMap.VALUES,
          ImmutableIntArray.builder().addAll(queries).addAll(keys).addAll(keys).build());
    } else {
      map.queryInput(QUERY).keyInput(KEY).keyInput(VALUE);
    }
    for (int scale : new int[] {KEY_SCALE, VALUE_SCALE}) {
      if (reach.propagation().spans(reach.input(scale), HeadMap.HEADS)) {
        map.input(scale, HeadMap.HEADS, each);
      }
    }
    map.input(PAST_KEY, HeadMap.HEADS, each)
        .input(PAST_VALUE, HeadMap.HEADS, each)
        .scoreInput(SCORES)
        .input(SINKS, HeadMap.VALUES, map.queries(heads))
        .output(0, HeadMap.VALUES, queries)
        .output(1, HeadMap.HEADS, each)
        .output(2, HeadMap.HEADS, each)
        .output(3, HeadMap.HEADS, map.queries(heads))
        .counted("num_heads", -1, map.queries(heads))
        .counted("kv_num_heads", -1, each)
        .attend();
  }

  private static int headSize(Reach reach, HeadMap map, int heads, int keyHeads) {
    int sharing = reach.input(KEY).isEmpty() ? heads + 2 * keyHeads : heads;
    int width = map.width(QUERY);
    if (width % sharing != 0) {
      throw reach.blocked("shares " + width + " values among " + sharing + " heads");
    }
    return width / sharing;
  }
}
