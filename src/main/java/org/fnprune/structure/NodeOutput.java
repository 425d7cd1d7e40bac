package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.common.collect.ImmutableList;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * An output whose shape is asked for.
 *
 * @param port its number
 * @param shapes those of all that was made before
 */
record NodeOutput(NodeProto node, int port, Shapes shapes) {

  /** Whether the node has input {@code i}. */
  boolean has(int i) {
    return i < node.getInputCount() && !node.getInput(i).isEmpty();
  }

  /** The sizes of an input, if they can be told. */
  Optional<ImmutableList<Size>> input(int i) {
    return has(i) ? shapes.of(node.getInput(i)) : Optional.empty();
  }

  /** A size of this output that only run time tells, on an axis counted from the end. */
  Size unknown(int axis) {
    return Shapes.unknown(node.getOutput(port), axis);
  }

  /** Nothing but the number of axes is known. */
  ImmutableList<Size> fresh(int rank) {
    return IntStream.range(-rank, 0)
        .mapToObj(this::unknown)
        .collect(ImmutableList.toImmutableList());
  }
}
