package org.fnprune.structure;

import com.google.common.collect.ImmutableList;
import org.fnprune.model.Attributes;

/**
 * QuantizeLinear and DequantizeLinear: every value alone, y = f(x; scale, zero point), with one
 * scale for all, one for each position of an axis, or one for each block of positions of an axis.
 *
 * <pre>
 *   x [.., N] ─┐
 *   scale [N] ─┼ DequantizeLinear(axis −1) → y [.., N]       scale and zero point go with y
 *   zero [N] ──┘
 * </pre>
 *
 * <p>The integers of a weight or bias are constants and lose slices themselves. Those that lie in
 * blocks are cut together with their scales, by whoever cuts them ({@link QuantisedWeight}).
 */
final class LinearQuantisationRule implements OperatorRule {

  private static final int SCALE = 1;
  private static final int ZERO_POINT = 2;

  @Override
  public void reach(Reach reach) {
    if (reach.forward() && reach.port() != 0) {
      throw reach.blocked("uses the channels as a parameter");
    }
    ChannelLayout layout = reach.channels();
    reach.input(0, layout);
    reach.output(0, layout);
    if (Attributes.integer(reach.node(), "block_size", 0) != 0) {
      requireConstant(reach);
      return;
    }
    ImmutableList<Size> scales = reach.sizes(reach.input(SCALE));
    if (scales.isEmpty() || (scales.size() == 1 && scales.get(0).is(1))) {
      return;
    }
    int axis =
        reach.axisFromEnd(Attributes.integer(reach.node(), "axis", 1), reach.node().getInput(0));
    if (layout.isOn(axis)) {
      ChannelLayout along = reach.propagation().only(layout, a -> a == axis).moved(a -> -1);
      reach.input(SCALE, along);
      if (!reach.input(ZERO_POINT).isEmpty()) {
        reach.input(ZERO_POINT, along);
      }
    }
  }

  private static void requireConstant(Reach reach) {
    if (reach.propagation().graph().constant(reach.input(0)).isEmpty()) {
      throw reach.blocked("dequantises an activation in blocks");
    }
  }
}
