package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.fnprune.model.Attributes;

/**
 * Operators whose every result depends on all values along some axes: normalisations, softmax,
 * reductions. Channels on other axes pass (the softmax of each head); along those axes they become
 * one, so that whatever writes to the residual stream ends at its norm and is refused.
 */
final class MixingRule implements OperatorRule {

  private static final Set<String> REDUCTIONS =
      Set.of(
          "ArgMax",
          "ArgMin",
          "ReduceL2",
          "ReduceMax",
          "ReduceMean",
          "ReduceMin",
          "ReduceSum",
          "ReduceSumSquare");

  static final String[] OPERATORS = {
    "ArgMax",
    "ArgMin",
    "CumSum",
    "GroupNormalization",
    "InstanceNormalization",
    "LayerNormalization",
    "LogSoftmax",
    "LpNormalization",
    "ReduceL2",
    "ReduceMax",
    "ReduceMean",
    "ReduceMin",
    "ReduceSum",
    "ReduceSumSquare",
    "RMSNormalization",
    "SimplifiedLayerNormalization",
    "SkipLayerNormalization",
    "SkipSimplifiedLayerNormalization",
    "Softmax",
    "TopK"
  };

  @Override
  public void reach(Reach reach) {
    int rank = reach.sizes(reach.node().getInput(0)).size();
    int[] mixed = mixed(reach, rank);
    boolean dropped =
        REDUCTIONS.contains(reach.node().getOpType())
            && Attributes.integer(reach.node(), "keepdims", 1) == 0;
    ChannelLayout layout = reach.channels();
    boolean ofOutput = !reach.forward() && dropped;
    if (ofOutput) {
      layout = layout.moved(axis -> widened(axis, mixed));
    }
    if (layout.axes().stream().allMatch(axis -> contains(mixed, axis))
        || (reach.forward() && reach.port() != 0 && !sharesShape(reach))) {
      throw reach.blocked("belongs to the residual stream");
    }
    ChannelLayout passing = reach.propagation().only(layout, axis -> !contains(mixed, axis));
    for (int i = 0; i < reach.node().getInputCount(); i++) {
      if (i == 0 || (i == 1 && sharesShape(reach))) {
        reach.input(i, passing);
      }
    }
    reach.output(0, dropped ? passing.moved(axis -> narrowed(axis, mixed)) : passing);
  }

  /** Skip normalisations add their second input to the first. */
  private static boolean sharesShape(Reach reach) {
    return reach.node().getOpType().startsWith("Skip") && reach.port() <= 1;
  }

  private static boolean contains(int[] axes, int axis) {
    return Arrays.stream(axes).anyMatch(a -> a == axis);
  }

  /** An axis of a result without the mixed axes, as the input has it. */
  private static int widened(int axis, int[] mixed) {
    int at = axis;
    for (int gone : Arrays.stream(mixed).map(a -> -a).sorted().toArray()) {
      if (-at >= gone) {
        at--;
      }
    }
    return at;
  }

  private static int narrowed(int axis, int[] mixed) {
    return axis + (int) Arrays.stream(mixed).filter(a -> a > axis).count();
  }

  private static int[] mixed(Reach reach, int rank) {
    NodeProto node = reach.node();
    if (node.getOpType().startsWith("Reduce")) {
      Optional<long[]> axes =
          node.getInputCount() > 1 && !node.getInput(1).isEmpty()
              ? reach.shapes().numbers(node.getInput(1))
              : attribute(node);
      return axes.map(a -> Arrays.stream(a).mapToInt(x -> fromEnd(x, rank)).toArray())
          .orElseGet(() -> all(rank));
    }
    return switch (node.getOpType()) {
      case "Softmax", "LogSoftmax", "LpNormalization", "QLinearSoftmax", "TopK" ->
          softmax(reach, rank);
      case "ArgMax", "ArgMin" -> new int[] {fromEnd(Attributes.integer(node, "axis", 0), rank)};
      case "LayerNormalization", "RMSNormalization", "SimplifiedLayerNormalization" ->
          from(fromEnd(Attributes.integer(node, "axis", -1), rank));
      case "SkipLayerNormalization", "SkipSimplifiedLayerNormalization" -> new int[] {-1};
      default -> all(rank);
    };
  }

  /** Before opset 13, softmax was over all axes from the given one on. */
  private static int[] softmax(Reach reach, int rank) {
    boolean flattened =
        reach.propagation().graph().model().opset() < 13
            && reach.node().getOpType().endsWith("oftmax");
    int axis = fromEnd(Attributes.integer(reach.node(), "axis", flattened ? 1 : -1), rank);
    return flattened ? from(axis) : new int[] {axis};
  }

  private static Optional<long[]> attribute(NodeProto node) {
    List<Long> axes = Attributes.integers(node, "axes");
    return axes.isEmpty()
        ? Optional.empty()
        : Optional.of(axes.stream().mapToLong(Long::longValue).toArray());
  }

  private static int fromEnd(long axis, int rank) {
    return (int) (axis < 0 ? axis : axis - rank);
  }

  private static int[] from(int axis) {
    return IntStream.range(axis, 0).toArray();
  }

  private static int[] all(int rank) {
    return from(-rank);
  }
}
