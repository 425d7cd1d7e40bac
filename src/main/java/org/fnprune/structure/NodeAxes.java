package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.OptionalInt;
import org.fnprune.common.UsageException;
import org.fnprune.model.Attributes;
import org.fnprune.model.Graph;

/**
 * Nodes must count axes that their inputs have, wherever the number of axes can be told: every rule
 * after this relies on it.
 */
final class NodeAxes {

  /** Standard operators with one attribute {@code axis} that counts axes of the first input. */
  private static final ImmutableSet<String> ALONG_AXIS =
      ImmutableSet.of(
          "ArgMax",
          "ArgMin",
          "Compress",
          "Concat",
          "Gather",
          "GatherElements",
          "Hardmax",
          "LayerNormalization",
          "LogSoftmax",
          "LpNormalization",
          "RMSNormalization",
          "ScatterElements",
          "Softmax",
          "Split",
          "TopK");

  private NodeAxes() {}

  /**
   * Checks one node, whose inputs' sizes are known by now.
   *
   * @throws UsageException when it cannot be computed
   */
  static void check(NodeProto node, Shapes shapes) {
    OptionalInt rank = shapes.rank(node.getInputCount() == 0 ? "" : node.getInput(0));
    if (rank.isEmpty()) {
      return;
    }
    int axes = rank.getAsInt();
    if (Graph.is(node, "Transpose")) {
      List<Long> order = Attributes.integers(node, "perm");
      if (!order.isEmpty() && !isOrder(order, axes)) {
        throw broken(node, "perm " + order, axes);
      }
    } else if (ALONG_AXIS.contains(node.getOpType()) && Graph.is(node, node.getOpType())) {
      if (axes == 0) {
        throw broken(node, "an axis", axes);
      }
      Attributes.find(node, "axis")
          .map(attribute -> attribute.getI())
          .filter(axis -> axis < -axes || axis >= axes)
          .ifPresent(
              axis -> {
                throw broken(node, "axis " + axis, axes);
              });
    }
  }

  private static boolean isOrder(List<Long> order, int rank) {
    return order.size() == rank
        && order.stream().distinct().count() == rank
        && order.stream().allMatch(axis -> axis >= 0 && axis < rank);
  }

  private static UsageException broken(NodeProto node, String what, int rank) {
    return new UsageException(
        "node '"
            + (node.getName().isEmpty() ? node.getOutput(0) : node.getName())
            + "' ("
            + node.getOpType()
            + ") has "
            + what
            + ", but its input has "
            + rank
            + " axes",
        "the file is damaged; export the model again");
  }
}
