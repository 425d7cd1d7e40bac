package org.fnprune.structure;

import java.util.stream.IntStream;

/**
 * Operators that combine their inputs value by value after broadcasting: bias addition, gates, the
 * pieces of a GELU. All operands that span the channels share them. Axes line up from the end.
 *
 * <p>An operand may span some of the channels' axes only, as the weight [D] of a norm over each of
 * the heads [H, D] does. Then the innermost axis is given up: heads stay whole.
 */
final class BroadcastRule implements OperatorRule {

  static final String[] OPERATORS = {
    "Add",
    "And",
    "BiasGelu",
    "Div",
    "Equal",
    "FastGelu",
    "Greater",
    "GreaterOrEqual",
    "Less",
    "LessOrEqual",
    "Max",
    "Mean",
    "Min",
    "Mod",
    "Mul",
    "Or",
    "Pow",
    "PRelu",
    "Sub",
    "Sum",
    "Where",
    "Xor"
  };

  @Override
  public void reach(Reach reach) {
    operands(reach, IntStream.range(0, reach.node().getInputCount()).toArray());
  }

  /** Channels that {@code inputs} share with the first output by broadcasting. */
  static void operands(Reach reach, int... inputs) {
    ChannelPropagation propagation = reach.propagation();
    ChannelLayout layout = reach.channels();
    while (isPartlySpanned(reach, layout, inputs)) {
      int innermost = layout.innermost();
      layout = propagation.only(layout, axis -> axis != innermost);
    }
    for (int input : inputs) {
      if (propagation.spans(reach.input(input), layout.innermost())) {
        reach.operand(input, layout);
      }
    }
    reach.output(0, layout);
  }

  private static boolean isPartlySpanned(Reach reach, ChannelLayout layout, int... inputs) {
    for (int input : inputs) {
      String tensor = reach.input(input);
      long spanned =
          layout.axes().stream().filter(axis -> reach.propagation().spans(tensor, axis)).count();
      if (spanned > 0 && spanned < layout.axes().length()) {
        return true;
      }
    }
    return false;
  }
}
