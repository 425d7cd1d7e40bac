package org.fnprune.structure;

import com.google.common.collect.ImmutableList;
import java.util.stream.IntStream;

/**
 * Broadcasting to a shape. Channels stay on their axes; along an axis that is made longer here one
 * channel is repeated, as KV heads are for their query heads:
 *
 * <pre>
 *   [b, K, 1, s, D] → Expand → [b, K, R, s, D]
 * </pre>
 */
final class ExpandRule implements OperatorRule {

  @Override
  public void reach(Reach reach) {
    if (reach.forward() && reach.port() != 0) {
      throw reach.blocked("uses the channels as a shape");
    }
    ChannelPropagation propagation = reach.propagation();
    ChannelLayout layout = reach.channels();
    String input = reach.node().getInput(0);
    if (layout.axes().stream().anyMatch(axis -> propagation.spans(input, axis))) {
      if (repeats(reach, input)) {
        propagation.areRepeated();
      }
      reach.input(0, propagation.only(layout, axis -> propagation.spans(input, axis)));
    }
    reach.output(0, layout);
    propagation.edit(reach.index(), new ReshapeEdits(reach));
  }

  /** Whether a number of copies is written into the model, as opposed to the size of a batch. */
  private static boolean repeats(Reach reach, String input) {
    ImmutableList<Size> output = reach.sizes(reach.node().getOutput(0));
    return IntStream.range(-output.size(), 0)
        .filter(axis -> !reach.propagation().spans(input, axis))
        .mapToObj(axis -> output.get(axis + output.size()))
        .anyMatch(size -> size.isKnown() && size.factor() > 1);
  }
}
