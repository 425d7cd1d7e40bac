package org.fnprune.structure;

/** Reads sizes, not values: what is done with them is checked once all channels are known. */
final class ShapeRule implements OperatorRule {

  @Override
  public void reach(Reach reach) {
    if (reach.forward()) {
      reach.propagation().shapeIsReadBy(reach.index());
    } else if (!isOneSize(reach)) {
      throw reach.blocked("combines several sizes with the channels");
    }
  }

  /** One size can be combined with all channels alike; a list of sizes is no channel. */
  static boolean isOneSize(Reach reach) {
    var sizes = reach.propagation().shapeExpressions().of(reach.node().getOutput(0));
    return sizes.map(s -> s.size()).orElse(0) == 1;
  }
}
