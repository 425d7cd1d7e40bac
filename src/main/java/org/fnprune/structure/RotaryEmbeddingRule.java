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
    int count = flat ? flatHeads(reach) : Heads.counted(reach, 0);
    Heads heads = Heads.of(reach, count, count);
    HeadMap map = new HeadMap(reach, heads);
    if (Attributes.integer(reach.node(), "num_heads", 0) > 0) {
      map.counted("num_heads", -1, heads.eachKey());
    }
    map.keyInput(0);
    if (flat) {
      map.output(0, HeadMap.VALUES, heads.keys(heads.width(0)));
    } else {
      map.output(0, HeadMap.HEADS, heads.eachKey());
    }
    map.pass();
  }

  private int flatHeads(Reach reach) {
    if (Attributes.integer(reach.node(), "num_heads", 0) > 0) {
      return Heads.told(reach, "num_heads");
    }
    // Without the attribute, the whole of each head is turned, so that the caches tell its size.
    return Heads.size(reach, 0, HeadMap.VALUES)
        .flatMap(
            width -> Heads.size(reach, cosines, HeadMap.VALUES).map(half -> width / (2 * half)))
        .orElseThrow(() -> reach.blocked("has an unknown number of heads"));
  }
}
