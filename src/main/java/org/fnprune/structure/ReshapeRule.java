package org.fnprune.structure;

import java.util.List;
import java.util.Optional;
import org.fnprune.structure.ShapeExpression.Element;

/**
 * A Reshape that leaves the last axis alone, as exporters put around Gemm:
 *
 * <pre>
 *   [b, s, N] → [-1, N]     [t, N] → [b, s, N]
 * </pre>
 *
 * <p>If the target's last size is N, rows stay rows, and channels stay on the last axis. N is
 * either written into the graph (then it is edited), read from the input's own shape (then it
 * adapts), or −1 among copied sizes. Anything else (splitting N into heads) is refused.
 */
final class ReshapeRule implements OperatorRule {

  @Override
  public void reach(Reach reach) {
    if (reach.forward() && reach.port() != 0) {
      throw reach.blocked("uses the channels as a shape");
    }
    reach.requireLastAxis();
    ChannelPropagation propagation = reach.propagation();
    Optional<List<Element>> target = propagation.shapeExpressions().of(reach.node().getInput(1));
    if (target.isEmpty() || target.get().isEmpty()) {
      throw reach.blocked("has a shape that cannot be told");
    }
    List<Element> shape = target.get();
    Element last = shape.get(shape.size() - 1);
    int width = reach.channels().width();
    if (last instanceof Element.Fixed fixed && fixed.value() == width) {
      propagation.edit(new ShapeEdit(reach.index(), reach.channels()));
    } else if (!isWidthAtRunTime(reach, last) && !isInferredWidth(reach, shape)) {
      throw reach.blocked(
          "splits or merges the "
              + width
              + " channels (attention heads, or a shape that cannot be proved to keep them)");
    }
    propagation.operand(reach, 0, reach.channels());
    propagation.mark(reach.node().getOutput(0), reach.channels());
  }

  private static boolean isWidthAtRunTime(Reach reach, Element last) {
    return last instanceof Element.Dim dim && reach.propagation().carries(dim.tensor(), dim.axis());
  }

  /** [.., 0 or the input's own sizes, −1]: the last size is what is left, the channels. */
  private static boolean isInferredWidth(Reach reach, List<Element> shape) {
    String input = reach.node().getInput(0);
    int rank = shape.size();
    boolean sameRank = reach.propagation().rank(input).orElse(-1) == rank;
    if (!sameRank || !shape.get(rank - 1).equals(new Element.Fixed(-1))) {
      return false;
    }
    for (int i = 0; i < rank - 1; i++) {
      boolean copied =
          shape.get(i).equals(new Element.Fixed(0))
              || shape.get(i).equals(new Element.Dim(input, i - rank));
      if (!copied) {
        return false;
      }
    }
    return true;
  }
}
