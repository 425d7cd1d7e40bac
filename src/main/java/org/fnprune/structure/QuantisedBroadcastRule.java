package org.fnprune.structure;

/**
 * ONNX Runtime's sums and products of quantised tensors, each operand with a scale and a zero point
 * behind it: c = quantised(a ∘ b). All values have the same scale.
 */
final class QuantisedBroadcastRule implements OperatorRule {

  private static final int LEFT = 0;
  private static final int RIGHT = 3;

  @Override
  public void reach(Reach reach) {
    if (reach.forward() && reach.port() != LEFT && reach.port() != RIGHT) {
      throw reach.blocked("uses the channels as a parameter");
    }
    BroadcastRule.operands(reach, LEFT, RIGHT);
  }
}
