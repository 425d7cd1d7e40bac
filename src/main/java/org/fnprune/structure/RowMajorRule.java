package org.fnprune.structure;

import com.google.common.collect.ImmutableList;

/**
 * Operators that leave every value at its place in memory: Reshape, Flatten, Squeeze, Unsqueeze.
 *
 * <pre>
 *   [b, s, N] → [-1, N]          rows stay rows
 *   [b, s, H·D] → [b, s, H, D]   an axis becomes two: heads
 *   [b, K, R, s, D] → [b, K·R, s, D]
 * </pre>
 *
 * <p>Axes that become each other are found by their sizes ({@link AxisRuns}); where that cannot be
 * proved, the channels are refused. A size that is written into the shape of a Reshape is edited.
 */
final class RowMajorRule implements OperatorRule {

  static final String[] OPERATORS = {"Flatten", "Reshape", "Squeeze", "Unsqueeze"};

  @Override
  public void reach(Reach reach) {
    if (reach.forward() && reach.port() != 0) {
      throw reach.blocked("uses the channels as a shape");
    }
    ImmutableList<Size> input = reach.sizes(reach.node().getInput(0));
    ImmutableList<Size> output = reach.sizes(reach.node().getOutput(0));
    ChannelLayout layout = reach.channels();
    AxisRuns runs = AxisRuns.of(input, output);
    ChannelLayout outside =
        reach.forward() ? runs.forward(layout, reach) : runs.reversed().forward(layout, reach);
    if (reach.forward()) {
      reach.output(0, outside);
    } else {
      reach.input(0, outside);
    }
    if (reach.node().getOpType().equals("Reshape")) {
      reach.propagation().edit(reach.index(), new ReshapeEdits(reach));
    }
  }
}
