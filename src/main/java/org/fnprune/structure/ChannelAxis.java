package org.fnprune.structure;

import com.google.common.primitives.ImmutableIntArray;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * Which channel each position of one axis of a tensor belongs to.
 *
 * @param axis counted from the end: −1 is the last
 * @param channels the channel of each position; positions of one channel can only go together
 */
public record ChannelAxis(int axis, ImmutableIntArray channels) {

  public ChannelAxis {
    if (axis >= 0) {
      throw new IllegalArgumentException("axis " + axis + " must count from the end");
    }
  }

  /** Size of the axis. */
  public int width() {
    return channels.length();
  }

  /** The same channels on another axis. */
  ChannelAxis on(int otherAxis) {
    return new ChannelAxis(otherAxis, channels);
  }

  /** The positions whose channel is in {@code kept}, ascending. */
  public int[] positionsOf(BitSet kept) {
    return IntStream.range(0, width()).filter(i -> kept.get(channels.get(i))).toArray();
  }
}
