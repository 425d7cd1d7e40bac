package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import org.fnprune.model.Attributes;
import org.fnprune.model.Graph;

/**
 * Products of an activation and a constant matrix, where paths begin and end:
 *
 * <pre>
 *   x [.., K] · W [K, N] + C [N] = y [.., N]
 *   channels at y: the columns of W and the entries of C go      (they are made here)
 *   channels at x: the rows of W go                              (they are consumed here)
 * </pre>
 *
 * <p>{@code transB} swaps the axes of W. Products of two activations (attention) are refused.
 */
final class MatrixProductRule implements OperatorRule {

  @Override
  public void reach(Reach reach) {
    NodeProto node = reach.node();
    reach.requireLastAxis();
    if (isTrue(node, "transA") || isTrue(node, "transBatchA") || isTrue(node, "transBatchB")) {
      throw reach.blocked("transposes its input");
    }
    boolean transposed = isTrue(node, "transB");
    ChannelPropagation propagation = reach.propagation();
    requireMatrix(reach);
    if (reach.throughInput(0)) {
      propagation.cut(reach, 1, reach.channels().on(transposed ? -1 : -2));
      propagation.consume(new Projection(reach.index(), 1, transposed));
    } else if (reach.forward() && !(Graph.is(node, "Gemm") && reach.port() == 2)) {
      throw reach.blocked("multiplies two activations (attention)");
    } else {
      propagation.cut(reach, 1, reach.channels().on(transposed ? -2 : -1));
      if (node.getInputCount() > 2) {
        propagation.operand(reach, 2, reach.channels());
      }
      propagation.mark(node.getOutput(0), reach.channels());
    }
  }

  private static void requireMatrix(Reach reach) {
    String weight = reach.node().getInput(1);
    reach
        .propagation()
        .graph()
        .constant(weight)
        .filter(w -> w.getDimsCount() != 2)
        .ifPresent(
            w -> {
              throw reach.blocked(
                  "has a weight of shape " + w.getDimsList() + ", which is no matrix");
            });
  }

  private static boolean isTrue(NodeProto node, String attribute) {
    return Attributes.integer(node, attribute, 0) != 0;
  }
}
