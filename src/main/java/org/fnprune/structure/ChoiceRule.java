package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;

/**
 * An If in a flat graph: each output is what one of the branches hands out, so that all three carry
 * the same channels.
 *
 * <pre>
 *   y [2] = If(condition, then [2], else [2])
 * </pre>
 */
final class ChoiceRule implements OperatorRule {

  @Override
  public void reach(Reach reach) {
    NodeProto node = reach.node();
    int count = node.getOutputCount();
    if (reach.throughInput(0)) {
      throw reach.blocked("branches on the channels");
    }
    int output = reach.forward() ? (reach.port() - 1) % count : reach.port();
    for (int input : new int[] {1 + output, 1 + count + output}) {
      if (reach.propagation().graph().constant(reach.input(input)).isPresent()) {
        throw reach.blocked("hands out the constant '" + reach.input(input) + "'");
      }
      reach.input(input, reach.channels());
    }
    reach.output(output, reach.channels());
  }
}
