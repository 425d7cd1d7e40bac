package org.fnprune.structure;

import com.google.common.primitives.ImmutableIntArray;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Which channel each position of a tensor belongs to, while it is not yet known along which axis
 * the channels will turn out to lie: heads come out of a projection as one axis of H·D and go on as
 * two.
 *
 * @param axes the axes, counted from the end (−1 is the last), ascending: outermost first
 * @param sizes positions along each; where the axis is longer, in a multiple that only run time
 *     tells, these repeat
 * @param ids the channel of each position, row-major over {@code axes}
 */
record ChannelLayout(ImmutableIntArray axes, ImmutableIntArray sizes, ImmutableIntArray ids) {

  /**
   * More positions than the channels of any model take; what a damaged file declares may be more
   * than memory holds.
   */
  static final long MOST = 1 << 22;

  ChannelLayout {
    int product = sizes.stream().reduce(1, Math::multiplyExact);
    if (axes.isEmpty() || axes.length() != sizes.length() || ids.length() != product) {
      throw new IllegalArgumentException(axes + " of " + sizes + " with " + ids.length());
    }
  }

  static ChannelLayout on(int axis, ImmutableIntArray ids) {
    return new ChannelLayout(ImmutableIntArray.of(axis), ImmutableIntArray.of(ids.length()), ids);
  }

  boolean isOn(int axis) {
    return axes.contains(axis);
  }

  boolean isOnlyOn(int axis) {
    return axes.length() == 1 && axes.get(0) == axis;
  }

  int size(int axis) {
    return sizes.get(axes.indexOf(axis));
  }

  /** The innermost axis. */
  int innermost() {
    return axes.get(axes.length() - 1);
  }

  /** Positions between neighbours along axis number {@code i} of {@link #axes}. */
  int stride(int i) {
    return sizes.subArray(i + 1, sizes.length()).stream().reduce(1, (a, b) -> a * b);
  }

  /** The same channels with every axis under another number, in whatever order. */
  ChannelLayout moved(IntUnaryOperator to) {
    int[] moved = axes.stream().map(to).toArray();
    List<Integer> order =
        IntStream.range(0, moved.length)
            .boxed()
            .sorted(Comparator.comparingInt(i -> moved[i]))
            .toList();
    int[] newSizes = order.stream().mapToInt(sizes::get).toArray();
    int[] strides = order.stream().mapToInt(this::stride).toArray();
    return new ChannelLayout(
        ImmutableIntArray.copyOf(order.stream().mapToInt(i -> moved[i])),
        ImmutableIntArray.copyOf(newSizes),
        gathered(newSizes, strides));
  }

  private ImmutableIntArray gathered(int[] newSizes, int[] strides) {
    int[] result = new int[ids.length()];
    int[] at = new int[newSizes.length];
    int from = 0;
    for (int i = 0; i < result.length; i++) {
      result[i] = ids.get(from);
      for (int a = newSizes.length - 1; a >= 0; a--) {
        from += strides[a];
        if (++at[a] < newSizes[a]) {
          break;
        }
        from -= strides[a] * newSizes[a];
        at[a] = 0;
      }
    }
    return ImmutableIntArray.copyOf(result);
  }

  /** Only some positions along one axis, in the given order. */
  ChannelLayout picked(int axis, int[] positions) {
    int a = axes.indexOf(axis);
    int inner = stride(a);
    int size = sizes.get(a);
    int outer = ids.length() / (inner * size);
    ImmutableIntArray.Builder picked = ImmutableIntArray.builder(outer * positions.length * inner);
    for (int o = 0; o < outer; o++) {
      for (int position : positions) {
        int from = (o * size + position) * inner;
        picked.addAll(ids.subArray(from, from + inner));
      }
    }
    int[] newSizes = sizes.toArray();
    newSizes[a] = positions.length;
    return new ChannelLayout(axes, ImmutableIntArray.copyOf(newSizes), picked.build());
  }

  /** The positions {@code from} … {@code to − 1} along one axis. */
  ChannelLayout range(int axis, int from, int to) {
    return picked(axis, IntStream.range(from, to).toArray());
  }

  /** The layout without an axis along which only one position is left. */
  ChannelLayout without(int axis) {
    int a = axes.indexOf(axis);
    if (sizes.get(a) != 1) {
      throw new IllegalArgumentException("axis " + axis + " has " + sizes.get(a) + " positions");
    }
    return new ChannelLayout(
        ImmutableIntArray.copyOf(axes.stream().filter(x -> x != axis)),
        ImmutableIntArray.copyOf(
            IntStream.range(0, sizes.length()).filter(i -> i != a).map(sizes::get)),
        ids);
  }

  /** The layout without axes that have one position only. */
  ChannelLayout simplified() {
    ChannelLayout left = this;
    for (int axis : axes.toArray()) {
      if (left.axes.length() > 1 && size(axis) == 1) {
        left = left.without(axis);
      }
    }
    return left;
  }

  /** Layouts of equal axes side by side along one of them. */
  static ChannelLayout concatenated(int axis, List<ChannelLayout> parts) {
    ChannelLayout first = parts.get(0);
    int a = first.axes.indexOf(axis);
    int inner = first.stride(a);
    int outer = first.sizes.subArray(0, a).stream().reduce(1, Math::multiplyExact);
    ImmutableIntArray.Builder ids = ImmutableIntArray.builder();
    for (int o = 0; o < outer; o++) {
      for (ChannelLayout part : parts) {
        int run = part.sizes.get(a) * inner;
        ids.addAll(part.ids.subArray(o * run, (o + 1) * run));
      }
    }
    int[] sizes = first.sizes.toArray();
    sizes[a] = parts.stream().mapToInt(p -> p.sizes.get(a)).sum();
    return new ChannelLayout(first.axes, ImmutableIntArray.copyOf(sizes), ids.build());
  }

  /** For every position, its index along axis number {@code i} of {@link #axes}. */
  int along(int i, int position) {
    return position / stride(i) % sizes.get(i);
  }

  @Override
  public String toString() {
    return "channels on axes " + axes + " of " + Arrays.toString(sizes.toArray());
  }
}
