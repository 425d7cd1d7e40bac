package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Optional;
import java.util.function.IntPredicate;
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
 *
 * <p>Products of quantised factors differ in where their operands stand, and have scales and zero
 * points beside, one for all or one for each column of W: these go with the columns. A weight may
 * be constant, or dequantised from constants ({@link StoredWeight}).
 */
final class MatrixProductRule implements OperatorRule {

  private static final int ROWS = -2;
  private static final int COLUMNS = -1;

  /**
   * Where a product's operands stand.
   *
   * @param first the input that is x
   * @param second the input that is W
   * @param bias the input that is C; −1 for operators without
   * @param perColumn inputs with a value for each column of W, or one for all
   */
  record Operands(int first, int second, int bias, ImmutableIntArray perColumn) {

    int factor(int i) {
      return i == 0 ? first : second;
    }
  }

  private final Operands operands;

  MatrixProductRule(Operands operands) {
    this.operands = operands;
  }

  @Override
  public Optional<Weight> weight(Shapes shapes, NodeProto node) {
    return StoredWeight.of(shapes.graph(), node, operands.second())
        .filter(MatrixProductRule::isWeight)
        .map(
            w ->
                new Weight(
                    operands.second(), Math.toIntExact(w.getDims(isTrue(node, "transB") ? 0 : 1))));
  }

  private static boolean isWeight(TensorProto tensor) {
    return isMatrix(tensor) || (hasTwoAxes(tensor) && StoredWeight.isQuantised(tensor));
  }

  static boolean isMatrix(TensorProto tensor) {
    return hasTwoAxes(tensor) && ElementType.isFloat(tensor.getDataType());
  }

  private static boolean hasTwoAxes(TensorProto tensor) {
    return tensor.getDimsCount() == 2
        && tensor.getDimsList().stream().allMatch(d -> d > 0 && d <= Integer.MAX_VALUE);
  }

  @Override
  public void reach(Reach reach) {
    NodeProto node = reach.node();
    if (isTrue(node, "transBatchA") || isTrue(node, "transBatchB")) {
      throw reach.blocked("transposes batches");
    }
    Factors factors = new Factors(reach, operands, isTrue(node, "transA"), isTrue(node, "transB"));
    if (!reach.forward()) {
      factors.share(reach.channels());
    } else if (reach.port() == operands.bias()) {
      reach.output(0, reach.channels());
    } else if (reach.port() != operands.first() && reach.port() != operands.second()) {
      throw reach.blocked("uses the channels as a parameter");
    } else {
      factors.enter();
    }
  }

  private static boolean isTrue(NodeProto node, String attribute) {
    return Attributes.integer(node, attribute, 0) != 0;
  }

  /** Channels as the result's axes see them; its own rows and columns are axes −2 and −1. */
  private record Factors(Reach reach, Operands operands, boolean transA, boolean transB) {

    /** The axis of factor {@code i} that is summed over. */
    private int inner(int i) {
      return i == 0 ? (transA ? ROWS : COLUMNS) : (transB ? COLUMNS : ROWS);
    }

    private int outer(int i) {
      return inner(i) == COLUMNS ? ROWS : COLUMNS;
    }

    private Optional<TensorProto> weight() {
      return StoredWeight.of(reach.propagation().graph(), reach.node(), operands.second());
    }

    /** Channels came in through a factor. */
    void enter() {
      int from = reach.port() == operands.first() ? 0 : 1;
      ChannelLayout layout = reach.channels();
      ChannelPropagation propagation = reach.propagation();
      boolean projects = weight().isPresent();
      if (layout.isOn(inner(from))) {
        if (projects && layout.isOnlyOn(inner(from))) {
          consume(layout.moved(axis -> inner(0)));
          return;
        }
        if (layout.axes().length() == 1) {
          throw reach.blocked("multiplies two activations (attention)");
        }
        layout = propagation.only(layout, axis -> axis != inner(from));
      }
      if (!projects && !isConstant(1 - from)) {
        propagation.meetInAttention();
      }
      int out = from == 0 ? ROWS : COLUMNS;
      int outer = outer(from);
      ChannelLayout result = layout.moved(axis -> axis == outer ? out : axis);
      share(result);
    }

    private boolean isConstant(int i) {
      return reach.propagation().graph().constant(reach.input(operands.factor(i))).isPresent();
    }

    /** The rows of W go with the channels of x; W may have been reached first, through a use. */
    private void consume(ChannelLayout layout) {
      requireMatrix();
      requireShiftable();
      reach.input(operands.first(), layout);
      reach.input(operands.second(), layout.moved(axis -> inner(1)));
      reach
          .propagation()
          .consume(new Projection(reach.index(), operands.first(), operands.second(), transB));
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
      weight()
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
      if (result.isOn(COLUMNS)) {
        vector(operands.bias(), result);
        operands.perColumn().forEach(input -> vector(input, result));
      }
      reach.output(0, result);
    }

    /** An operand with a value for each column ties what differs along other axes only. */
    private void vector(int input, ChannelLayout result) {
      if (input >= 0 && reach.propagation().spans(reach.input(input), COLUMNS)) {
        reach.input(input, reach.propagation().only(result, axis -> axis == COLUMNS));
      }
    }

    private void factor(int i, int axisOfResult, ChannelLayout result) {
      ChannelPropagation propagation = reach.propagation();
      String tensor = reach.input(operands.factor(i));
      IntPredicate has =
          axis ->
              axis == axisOfResult
                  || (axis != ROWS && axis != COLUMNS && propagation.spans(tensor, axis));
      if (result.axes().stream().noneMatch(has)) {
        return;
      }
      int outer = outer(i);
      reach.input(
          operands.factor(i),
          propagation.only(result, has).moved(axis -> axis == axisOfResult ? outer : axis));
    }
  }
}
