package org.fnprune.structure;

/**
 * Gather starts the residual stream (an embedding) or picks one size out of a shape:
 *
 * <pre>
 *   x → Shape → Gather → Cast → Sqrt ─┐
 *                              y [.., N] → Div
 * </pre>
 *
 * <p>One number meets all channels alike; whether it depends on their number is checked from the
 * Shape on.
 */
final class GatherRule implements OperatorRule {

  @Override
  public void reach(Reach reach) {
    if (reach.forward() || !ShapeRule.isOneSize(reach)) {
      throw reach.blocked("belongs to the residual stream");
    }
  }
}
