package org.fnprune.structure;

/** Reads sizes, not values: what is done with them is checked once all channels are known. */
final class ShapeRule implements OperatorRule {

  @Override
  public void reach(Reach reach) {
    if (!reach.forward()) {
      throw reach.blocked("combines several sizes with the channels");
    }
  }
}
