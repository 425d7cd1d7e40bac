package org.fnprune.structure;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 *
 * <p>Where all query heads share one head of keys, that one always stays: the query heads are the
 * channels, and keys and values carry none.
 */
final class HeadMap {

  /** The axis of heads in [b, n, s, D], [b, s, n, 3, D] and [2, b, n, t, D] alike. */
  static final int HEADS = -3;

  /** The axis of n·D values in [b, s, n·D]. */
  static final int VALUES = -1;

  private record Port(int axis, ImmutableIntArray owners) {}

  private record Count(String attribute, int element, ImmutableIntArray owners) {}

  private final Reach reach;
  private final Heads heads;
  private final Map<Integer, Port> inputs = new LinkedHashMap<>();
  private final Map<Integer, Port> outputs = new LinkedHashMap<>();
  private final List<Count> counts = new ArrayList<>();

  /** No ports yet. */
  HeadMap(Reach reach, Heads heads) {
    this.reach = reach;
    this.heads = heads;
  }

  /** An input of query heads: on their own axis, or as values of a tensor of rank 3. */
  HeadMap queryInput(int input) {
    return isFlat(input)
        ? input(input, VALUES, heads.queries(heads.width(input)))
        : input(input, HEADS, heads.eachQuery());
  }

  /** An input of the heads of keys or values, unless the node does without. */
  HeadMap keyInput(int input) {
    if (reach.input(input).isEmpty()) {
      return this;
    }
    return isFlat(input)
        ? input(input, VALUES, heads.keys(heads.width(input)))
        : input(input, HEADS, heads.eachKey());
  }

  /** An input [b, n, s, t] that is added to the scores; n may be 1 for all heads alike. */
  HeadMap scoreInput(int input) {
    return reach.propagation().spans(reach.input(input), HEADS)
        ? input(input, HEADS, heads.eachQuery())
        : this;
  }

  /** An input, unless the node does without or it carries no channels. */
  HeadMap input(int input, int axis, ImmutableIntArray owners) {
    if (!reach.input(input).isEmpty() && !owners.isEmpty()) {
      inputs.put(input, new Port(axis, owners));
    }
    return this;
  }

  /** An output, unless it carries no channels. */
  HeadMap output(int output, int axis, ImmutableIntArray owners) {
    if (!owners.isEmpty()) {
      outputs.put(output, new Port(axis, owners));
    }
    return this;
  }

  /** An attribute, or element of one (else −1), that is the number of {@code owners}. */
  HeadMap counted(String attribute, int element, ImmutableIntArray owners) {
    if (Attributes.find(reach.node(), attribute).isPresent() && !owners.isEmpty()) {
      counts.add(new Count(attribute, element, owners));
    }
    return this;
  }

  private boolean isFlat(int input) {
    return reach.sizes(reach.input(input)).size() == 3;
  }

  /** The channels go on as the heads of an attention. */
  void attend() {
    reach.propagation().meetInAttention();
    if (heads.areGrouped()) {
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
      throw reach.blocked(
          heads.isSingle()
              ? "shares one head of keys and values among all queries"
              : "uses the channels as a parameter");
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
    if (!layout.isOn(port.axis()) || layout.size(port.axis()) != port.owners().length()) {
      throw reach.blocked("takes " + layout + " for its heads");
    }
    ChannelLayout along = reach.propagation().only(layout, axis -> axis == port.axis());
    int[] channels = new int[heads.channels()];
    Arrays.fill(channels, -1);
    for (int i = 0; i < port.owners().length(); i++) {
      int head = port.owners().get(i);
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
    return ChannelLayout.on(port.axis(), of(port.owners(), channels));
  }

  private static ImmutableIntArray of(ImmutableIntArray owners, int[] channels) {
    return ImmutableIntArray.copyOf(owners.stream().map(head -> channels[head]));
  }

  private Stream<GraphEdit> edits(Settling settling, int[] channels) {
    return counts.stream()
        .map(
            count ->
                new AttributeEdit(
                    reach.index(),
                    count.attribute(),
                    count.element(),
                    settling.axis(ChannelLayout.on(VALUES, of(count.owners(), channels)))));
  }
}
