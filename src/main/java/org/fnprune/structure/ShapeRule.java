package org.fnprune.structure;

/** Reads sizes, not values: what is done with them is checked once all channels are known. */
final class ShapeRule implements OperatorRule {

  @Override
  public void reach(Reach reach) {
    reach.propagation().shapeIsReadBy(reach.index());
  }
}
