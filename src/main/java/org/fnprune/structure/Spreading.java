package org.fnprune.structure;

import com.google.common.primitives.ImmutableIntArray;
import java.util.stream.IntStream;

/** Repeats channels along an axis that makes no difference to them. */
final class Spreading {

  private Spreading() {}

  /** The same channels with one axis more, which has {@code positions} and tells none apart. */
  static ChannelLayout over(ChannelLayout layout, int axis, int positions) {
    int at = (int) layout.axes().stream().filter(a -> a < axis).count();
    ImmutableIntArray.Builder axes = ImmutableIntArray.builder();
    ImmutableIntArray.Builder sizes = ImmutableIntArray.builder();
    for (int i = 0; i <= layout.axes().length(); i++) {
      if (i == at) {
        axes.add(axis);
        sizes.add(positions);
      }
      if (i < layout.axes().length()) {
        axes.add(layout.axes().get(i));
        sizes.add(layout.sizes().get(i));
      }
    }
    int inner = at == 0 ? layout.ids().length() : layout.stride(at - 1);
    ImmutableIntArray.Builder ids = ImmutableIntArray.builder();
    for (int from = 0; from < layout.ids().length(); from += inner) {
      ImmutableIntArray block = layout.ids().subArray(from, from + inner);
      IntStream.range(0, positions).forEach(p -> ids.addAll(block));
    }
    return new ChannelLayout(axes.build(), sizes.build(), ids.build());
  }
}
