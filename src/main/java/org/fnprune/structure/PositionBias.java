package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableList;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.fnprune.model.Graph;

/**
 * Operands with a value per head that are computed from token positions alone, once for all layers:
 * T5's relative position bias, ALiBi. Following them would tie the heads of every layer to each
 * other; instead each layer picks the heads that it keeps:
 *
 * <pre>
 *   scores [b, H, s, s] + bias [1, H, s, s]   becomes   scores [b, h, s, s] + Gather(bias, kept, 1)
 * </pre>
 */
final class PositionBias {

  /** Heads are an axis before the two of the scores. */
  private static final int LAST_HEAD_AXIS = -3;

  private final Shapes shapes;
  private final Map<String, Boolean> known = new HashMap<>();

  PositionBias(Shapes shapes) {
    this.shapes = shapes;
  }

  /** Whether a tensor that would carry the channels is such an operand. */
  boolean is(String tensor, ChannelLayout layout) {
    return layout.innermost() <= LAST_HEAD_AXIS
        && shapes.graph().constant(tensor).isEmpty()
        && isComputedFromPositions(tensor);
  }

  private boolean isComputedFromPositions(String tensor) {
    Boolean before = known.get(tensor);
    if (before != null) {
      return before;
    }
    boolean is =
        tensor.isEmpty()
            || shapes.graph().constant(tensor).isPresent()
            || shapes
                .graph()
                .producer(tensor)
                .map(i -> isComputedFromPositions(shapes.graph().node(i)))
                .orElse(shapes.rank(tensor).orElse(0) <= 2);
    known.put(tensor, is);
    return is;
  }

  private boolean isComputedFromPositions(NodeProto node) {
    if (Graph.is(node, "Shape")) {
      return true;
    }
    return OperatorRules.of(node).flatMap(rule -> rule.weight(shapes, node)).isEmpty()
        && node.getAttributeList().stream().noneMatch(a -> a.hasG() || a.getGraphsCount() > 0)
        && node.getInputList().stream().allMatch(this::isComputedFromPositions);
  }

  /** The edit that picks the kept heads from an operand of a node. */
  static PendingEdit pick(Reach reach, int input) {
    return settling ->
        settling.of(reach.node().getOutput(0)).stream().flatMap(a -> pick(reach, input, a));
  }

  /** The edit that picks what is kept of {@code axis} from an operand. */
  static Stream<GraphEdit> pick(Reach reach, int input, ChannelAxis axis) {
    String tensor = reach.input(input);
    if (!reach.propagation().spans(tensor, axis.axis())) {
      return Stream.empty();
    }
    ImmutableList<Size> sizes = reach.sizes(tensor);
    int at = axis.axis() + sizes.size();
    boolean whole = sizes.get(at).is(axis.width());
    if (!whole && !(at == 0 && sizes.size() == 3 && sizes.get(1).is(1))) {
      throw reach.blocked("adds '" + tensor + "' of sizes " + sizes + " to its heads");
    }
    return Stream.of(new GraphEdit.PickEdit(reach.index(), input, at, axis, !whole));
  }
}
