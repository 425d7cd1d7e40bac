package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.stream.IntStream;
import org.fnprune.model.Attributes;

/** Axes change places, and channels with them. */
final class TransposeRule implements OperatorRule {

  /** Axis {@code order[i]} of the input is axis i of the output; reversed unless told. */
  static int[] order(NodeProto node, int rank) {
    List<Long> told = Attributes.integers(node, "perm");
    return told.isEmpty()
        ? IntStream.range(0, rank).map(i -> rank - 1 - i).toArray()
        : told.stream().mapToInt(Long::intValue).toArray();
  }

  @Override
  public void reach(Reach reach) {
    int rank = reach.sizes(reach.node().getInput(0)).size();
    int[] order = order(reach.node(), rank);
    int[] inverse = new int[rank];
    for (int i = 0; i < rank; i++) {
      inverse[order[i]] = i;
    }
    if (reach.forward()) {
      reach.output(0, reach.channels().moved(axis -> inverse[axis + rank] - rank));
      reach.input(0, reach.channels());
    } else {
      reach.input(0, reach.channels().moved(axis -> order[axis + rank] - rank));
    }
  }
}
