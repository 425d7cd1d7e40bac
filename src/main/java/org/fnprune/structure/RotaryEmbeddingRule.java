package org.fnprune.structure;

import org.fnprune.model.Attributes;

/**
 * Rotary position embedding, which turns pairs of values within each head:
 *
 * <pre>
 *   x [b, n, s, D] or [b, s, n·D] → y, with caches of cosines and sines [.., D/2]
 * </pre>
 *
 * <p>Heads stay whole. The caches are as wide as one head, or as the part of it that is turned.
 *
 * @param cosines which input is the cache of cosines: the domains differ
 */
record RotaryEmbeddingRule(int cosines) implements OperatorRule {

  @Override
  public void reach(Reach reach) {
    boolean flat = reach.sizes(reach.input(0)).size() == 3;
    int heads = flat ? flatHeads(reach) : heads(reach);
    HeadMap map = HeadMap.of(reach, heads, heads);
    if (Attributes.integer(reach.node(), "num_heads", 0) > 0) {
      map.counted("num_heads", -1, map.keys(heads));
    }
    int axis = flat ? HeadMap.VALUES : HeadMap.HEADS;
    int positions = flat ? map.width(0) : heads;
    map.input(0, axis, map.keys(positions)).output(0, axis, map.keys(positions)).pass();
  }

  private static int heads(Reach reach) {
    return known(reach, HeadMap.HEADS, reach.input(0));
  }

  private int flatHeads(Reach reach) {
    int heads = Math.toIntExact(Attributes.integer(reach.node(), "num_heads", 0));
    // Without the attribute, the whole of each head is turned, so that the caches tell its size.
    return heads > 0
        ? heads
        : known(reach, HeadMap.VALUES, reach.input(0))
            / (2 * known(reach, HeadMap.VALUES, reach.input(cosines)));
  }

  private static int known(Reach reach, int axis, String tensor) {
    return reach
        .shapes()
        .size(tensor, axis)
        .filter(size -> size.isKnown() && size.factor() > 0)
        .map(size -> Math.toIntExact(size.factor()))
        .orElseThrow(() -> reach.blocked("has an unknown number of heads"));
  }
}
