package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Optional;
import org.fnprune.model.Attributes;
import org.fnprune.model.ElementType;

/**
 * Matrix products. With a constant weight, paths begin and end in them:
 *
 * <pre>
 *   x [.., K] · W [K, N] + C [N] = y [.., N]
 *   channels at y: the columns of W and the entries of C go      (they are made here)
 *   channels at x: the rows of W go                              (they are consumed here)
 * </pre>
 *
 * <p>A FusedGemm applies an activation to y, value by value, which makes no difference here.
 *
 * <p>Products of two activations are attention: channels pass on the axes before the last two (one
 * product per head), and on the outer axes of each factor; along the inner axis, over which is
 * summed, they become one. {@code transA} and {@code transB} swap a factor's last two axes.
 */
final class MatrixProductRule implements OperatorRule {

  private static final int ROWS = -2;
  private static final int COLUMNS = -1;

  @Override
  public Optional<Weight> weight(Shapes shapes, NodeProto node) {
    return shapes
        .graph()
        .constant(node.getInput(1))
        .filter(MatrixProductRule::isMatrix)
        .map(w -> new Weight(1, Math.toIntExact(w.getDims(isTrue(node, "transB") ? 0 : 1))));
  }

  static boolean isMatrix(TensorProto tensor) {
    return tensor.getDimsCount() == 2
        && tensor.getDimsList().stream().allMatch(dim -> dim > 0)
        && ElementType.isFloat(tensor.getDataType());
  }

  @Override
  public void reach(Reach reach) {
    NodeProto node = reach.node();
    if (isTrue(node, "transBatchA") || isTrue(node, "transBatchB")) {
      throw reach.blocked("transposes batches");
    }
    Factors factors = new Factors(reach, isTrue(node, "transA"), isTrue(node, "transB"));
    if (!reach.forward()) {
      factors.share(reach.channels());
    } else if (reach.port() == 2) {
      bias(reach);
    } else if (reach.port() > 2) {
      throw reach.blocked("uses the channels as a parameter");
    } else {
      factors.enter();
    }
  }

  /** The third operand of a Gemm spans the columns of the result. */
  private static void bias(Reach reach) {
    if (!reach.node().getOpType().endsWith("Gemm")) {
      throw reach.blocked("uses the channels as a parameter");
    }
    reach.output(0, reach.channels());
  }

  private static boolean isTrue(NodeProto node, String attribute) {
    return Attributes.integer(node, attribute, 0) != 0;
  }

  /** Channels as the result's axes see them; its own rows and columns are axes −2 and −1. */
  private record Factors(Reach reach, boolean transA, boolean transB) {

    /** The axis of factor {@code i} that is summed over. */
    private int inner(int i) {
      return i == 0 ? (transA ? ROWS : COLUMNS) : (transB ? COLUMNS : ROWS);
    }

    private int outer(int i) {
      return inner(i) == COLUMNS ? ROWS : COLUMNS;
    }

    /** Channels came in through a factor. */
    void enter() {
      int from = reach.port();
      int to = 1 - from;
      ChannelLayout layout = reach.channels();
      ChannelPropagation propagation = reach.propagation();
      boolean constant = propagation.graph().constant(reach.input(to)).isPresent();
      if (layout.isOn(inner(from))) {
        if (constant && from == 0 && layout.isOnlyOn(inner(0))) {
          consume(layout);
          return;
        }
        if (layout.axes().length() == 1) {
          throw reach.blocked("multiplies two activations (attention)");
        }
        layout = propagation.only(layout, axis -> axis != inner(from));
      }
      if (!constant) {
        propagation.meetInAttention();
      }
      int out = from == 0 ? ROWS : COLUMNS;
      int outer = outer(from);
      ChannelLayout result = layout.moved(axis -> axis == outer ? out : axis);
      share(result);
    }

    private void consume(ChannelLayout layout) {
      requireMatrix();
      requireShiftable();
      reach.propagation().cut(reach, 1, layout.moved(axis -> inner(1)));
      reach.propagation().consume(Projection.of(reach.index(), transB));
    }

    /** What compensation adds to a product must come before a fused activation. */
    private void requireShiftable() {
      boolean fused = reach.node().getOpType().equals("FusedGemm");
      boolean shiftable =
          Attributes.real(reach.node(), "beta", 1f) != 0
              && (reach.input(2).isEmpty()
                  || reach
                      .propagation()
                      .graph()
                      .constant(reach.input(2))
                      .map(c -> c.getDimsCount() == 1 && c.getDims(0) > 1)
                      .orElse(false));
      if (fused && !shiftable) {
        throw reach.blocked("has an activation behind a bias that is no constant vector");
      }
    }

    private void requireMatrix() {
      reach
          .propagation()
          .graph()
          .constant(reach.input(1))
          .filter(w -> w.getDimsCount() != 2)
          .ifPresent(
              w -> {
                throw reach.blocked(
                    "has a weight of shape " + w.getDimsList() + ", which is no matrix");
              });
    }

    /** Channels of the result, shared by the factors that have the axes they are on. */
    void share(ChannelLayout result) {
      factor(0, ROWS, result);
      factor(1, COLUMNS, result);
      if (reach.node().getInputCount() > 2 && reach.propagation().spans(reach.input(2), COLUMNS)) {
        if (result.isOn(COLUMNS)) {
          reach.input(2, reach.propagation().only(result, axis -> axis == COLUMNS));
        }
      }
      reach.output(0, result);
    }

    private void factor(int i, int axisOfResult, ChannelLayout result) {
      ChannelPropagation propagation = reach.propagation();
      String tensor = reach.input(i);
      java.util.function.IntPredicate has =
          axis ->
              axis == axisOfResult
                  || (axis != ROWS && axis != COLUMNS && propagation.spans(tensor, axis));
      if (result.axes().stream().noneMatch(has)) {
        return;
      }
      int outer = outer(i);
      reach.input(
          i, propagation.only(result, has).moved(axis -> axis == axisOfResult ? outer : axis));
    }
  }
}
