package org.fnprune.structure;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fnprune.model.Attributes;
import org.fnprune.structure.GraphEdit.AttributeEdit;

/**
 * Which head each position of every input and output of one operator belongs to. Heads of keys and
 * values are the channels; query head <i>h</i> of <i>n</i> belongs to key head <i>h·k/n</i> of
 * <i>k</i>, with which it stays or goes:
 *
 * <pre>
 *   query [b, s, n·D]   n·D/k positions per channel        past, present [b, k, t, D]   axis −3
 *   key   [b, t, k·D]   D positions per channel            bias of the scores [b, n, s, t]
 * </pre>
 */
final class HeadMap {

  /** The axis of heads in [b, n, s, D], [b, s, n, 3, D] and [2, b, n, t, D] alike. */
  static final int HEADS = -3;

  /** The axis of n·D values in [b, s, n·D]. */
  static final int VALUES = -1;

  private record Port(int axis, ImmutableIntArray heads) {}

  private record Count(String attribute, int element, ImmutableIntArray heads) {}

  private final Reach reach;
  private final int queries;
  private final int keys;
  private final Map<Integer, Port> inputs = new LinkedHashMap<>();
  private final Map<Integer, Port> outputs = new LinkedHashMap<>();
  private final List<Count> counts = new ArrayList<>();

  private HeadMap(Reach reach, int queries, int keys) {
    this.reach = reach;
    this.queries = queries;
    this.keys = keys;
  }

  /**
   * No ports yet.
   *
   * @param queries heads of queries
   * @param keys heads of keys and values
   * @throws Blocked when the one is no multiple of the other
   */
  static HeadMap of(Reach reach, long queries, long keys) {
    if (keys < 1 || queries < 1 || queries % keys != 0) {
      throw reach.blocked("has " + queries + " heads of queries for " + keys + " of keys");
    }
    return new HeadMap(reach, Math.toIntExact(queries), Math.toIntExact(keys));
  }

  /** The heads of {@code positions} that the query heads share equally. */
  ImmutableIntArray queries(int positions) {
    return spread(positions, queries, queries / keys);
  }

  /** The heads of {@code positions} that the heads of keys or of values share equally. */
  ImmutableIntArray keys(int positions) {
    return spread(positions, keys, 1);
  }

  private ImmutableIntArray spread(int positions, int heads, int perKey) {
    if (positions < 1 || positions % heads != 0) {
      throw reach.blocked("shares " + positions + " values among " + heads + " heads");
    }
    int size = positions / heads;
    return ImmutableIntArray.copyOf(IntStream.range(0, positions).map(i -> i / size / perKey));
  }

  /** An input of query heads: on their own axis, or as values of a tensor of rank 3. */
  HeadMap queryInput(int input) {
    return isFlat(input)
        ? input(input, VALUES, queries(width(input)))
        : input(input, HEADS, queries(queries));
  }

  /** An input of the heads of keys or values, unless the node does without. */
  HeadMap keyInput(int input) {
    if (reach.input(input).isEmpty()) {
      return this;
    }
    return isFlat(input)
        ? input(input, VALUES, keys(width(input)))
        : input(input, HEADS, keys(keys));
  }

  /** An input [b, n, s, t] that is added to the scores; n may be 1 for all heads alike. */
  HeadMap scoreInput(int input) {
    return reach.propagation().spans(reach.input(input), HEADS)
        ? input(input, HEADS, queries(queries))
        : this;
  }

  /** An input, unless the node does without. */
  HeadMap input(int input, int axis, ImmutableIntArray heads) {
    if (!reach.input(input).isEmpty()) {
      inputs.put(input, new Port(axis, heads));
    }
    return this;
  }

  HeadMap output(int output, int axis, ImmutableIntArray heads) {
    outputs.put(output, new Port(axis, heads));
    return this;
  }

  /**
   * An attribute, or element of one (else −1), that is the number of positions in {@code heads}.
   */
  HeadMap counted(String attribute, int element, ImmutableIntArray heads) {
    if (Attributes.find(reach.node(), attribute).isPresent()) {
      counts.add(new Count(attribute, element, heads));
    }
    return this;
  }

  private boolean isFlat(int input) {
    return reach.sizes(reach.input(input)).size() == 3;
  }

  /**
   * Values along the last axis of an input.
   *
   * @throws Blocked when they cannot be told
   */
  int width(int input) {
    return reach
        .shapes()
        .size(reach.input(input), VALUES)
        .filter(Size::isKnown)
        .map(size -> Math.toIntExact(size.factor()))
        .orElseThrow(() -> reach.blocked("has an input " + input + " of unknown width"));
  }

  /** The channels go on as the heads of an attention. */
  void attend() {
    reach.propagation().meetInAttention();
    if (queries != keys) {
      reach.propagation().areRepeated();
    }
    pass();
  }

  /**
   * The channels that reached one port go on through all others.
   *
   * @throws Blocked when that port has no heads, or the channels lie within heads
   */
  void pass() {
    Port entered = (reach.forward() ? inputs : outputs).get(reach.port());
    if (entered == null) {
      throw reach.blocked("uses the channels as a parameter");
    }
    int[] channels = channels(entered);
    inputs.forEach((input, port) -> mark(input, layout(port, channels)));
    outputs.forEach((output, port) -> reach.output(output, layout(port, channels)));
    if (!counts.isEmpty()) {
      reach.propagation().edit(reach.index(), settling -> edits(settling, channels));
    }
  }

  /** The one channel of every head; what belongs to a head is tied together. */
  private int[] channels(Port port) {
    ChannelLayout layout = reach.channels();
    if (!layout.isOn(port.axis()) || layout.size(port.axis()) != port.heads().length()) {
      throw reach.blocked("takes " + layout + " for its heads");
    }
    ChannelLayout along = reach.propagation().only(layout, axis -> axis == port.axis());
    int[] channels = new int[keys];
    Arrays.fill(channels, -1);
    for (int i = 0; i < port.heads().length(); i++) {
      int head = port.heads().get(i);
      if (channels[head] < 0) {
        channels[head] = along.ids().get(i);
      }
      reach.propagation().tie(channels[head], along.ids().get(i));
    }
    return channels;
  }

  /** Marks or cuts an input, or picks from a position bias that all layers share. */
  private void mark(int input, ChannelLayout layout) {
    if (reach.propagation().bias().is(reach.input(input), layout)) {
      PendingEdit pick = settling -> PositionBias.pick(reach, input, settling.axis(layout));
      reach.propagation().edit(reach.index(), input, pick);
    } else {
      reach.input(input, layout);
    }
  }

  private static ChannelLayout layout(Port port, int[] channels) {
    return ChannelLayout.on(port.axis(), of(port.heads(), channels));
  }

  private static ImmutableIntArray of(ImmutableIntArray heads, int[] channels) {
    return ImmutableIntArray.copyOf(heads.stream().map(head -> channels[head]));
  }

  private Stream<GraphEdit> edits(Settling settling, int[] channels) {
    return counts.stream()
        .map(
            count ->
                new AttributeEdit(
                    reach.index(),
                    count.attribute(),
                    count.element(),
                    settling.axis(ChannelLayout.on(VALUES, of(count.heads(), channels)))));
  }
}
