package org.fnprune.structure;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.fnprune.model.Attributes;

/**
 * Tensors side by side. Along another axis than the channels' (a cache and the new keys) all parts
 * share them; along the channels' own axis each part has its range (the halves of a rotation).
 */
final class ConcatRule implements OperatorRule {

  @Override
  public void reach(Reach reach) {
    int axis = reach.axisFromEnd(Attributes.integer(reach.node(), "axis", 0), reach.tensor());
    if (!reach.channels().isOn(axis)) {
      BroadcastRule.operands(reach, IntStream.range(0, reach.node().getInputCount()).toArray());
      return;
    }
    List<ChannelLayout> parts = reach.forward() ? around(reach, axis) : ranges(reach, axis);
    for (int i = 0; i < parts.size(); i++) {
      reach.input(
          i,
          parts.get(i).size(axis) == 0
              ? reach.propagation().only(reach.channels(), a -> a != axis)
              : parts.get(i));
    }
    reach.output(0, ChannelLayout.concatenated(axis, parts));
  }

  /** The parts when one of them was reached: the others' channels are new. */
  private static List<ChannelLayout> around(Reach reach, int axis) {
    List<ChannelLayout> parts = new ArrayList<>();
    for (int i = 0; i < reach.node().getInputCount(); i++) {
      parts.add(
          i == reach.port()
              ? reach.channels()
              : reach.propagation().freshLike(reach.channels(), axis, positions(reach, i, axis)));
    }
    return parts;
  }

  private static List<ChannelLayout> ranges(Reach reach, int axis) {
    List<ChannelLayout> parts = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < reach.node().getInputCount(); i++) {
      int to = from + positions(reach, i, axis);
      if (to > reach.channels().size(axis)) {
        throw reach.blocked("joins more channels than it makes");
      }
      parts.add(reach.channels().range(axis, from, to));
      from = to;
    }
    if (from != reach.channels().size(axis)) {
      throw reach.blocked("joins fewer channels than it makes");
    }
    return parts;
  }

  private static int positions(Reach reach, int input, int axis) {
    return reach
        .shapes()
        .size(reach.node().getInput(input), axis)
        .filter(Size::isKnown)
        .map(size -> (int) size.factor())
        .orElseThrow(() -> reach.blocked("joins a part of unknown size"));
  }
}
