package org.fnprune.structure;

import com.google.common.collect.ImmutableList;

/** A number written into the graph that follows from how many channels there are. */
public sealed interface GraphEdit {

  /** The node that reads or holds the number. */
  int node();

  /**
   * One element of the shape that a Reshape or Expand reads.
   *
   * @param input the input that is the shape
   * @param element its position
   * @param length elements of the shape
   * @param size what it must be
   */
  record ShapeEdit(int node, int input, int element, int length, NewSize size)
      implements GraphEdit {}

  /** What an element of a shape becomes. */
  sealed interface NewSize {

    /** As many positions as stay of an axis. */
    record Kept(ChannelAxis axis) implements NewSize {}

    /** A number that does not depend on the channels, which the dense graph computes from them. */
    record Fixed(long value) implements NewSize {}

    /** The number that the graph computes, in proportion: times kept, by all positions. */
    record Scaled(ChannelAxis axis) implements NewSize {}

    /** What is left: −1. */
    record Inferred() implements NewSize {}
  }

  /**
   * A Split along a pruned axis, with sizes that are written into the graph.
   *
   * @param parts the channels of each output
   */
  record SplitEdit(int node, ImmutableList<ChannelAxis> parts) implements GraphEdit {}

  /**
   * A Slice along a pruned axis.
   *
   * @param element where in its starts and ends the axis stands
   * @param length of its starts and ends
   * @param axis the channels of what is sliced
   * @param start first position taken
   * @param end position after the last
   */
  record SliceEdit(int node, int element, int length, ChannelAxis axis, int start, int end)
      implements GraphEdit {}

  /**
   * An operand of which only the kept positions are to be read.
   *
   * @param at the operand's axis, from the front
   * @param axis the channels along it
   * @param repeated whether the channels repeat along it for each sample of the batch; the operand
   *     is then [batch·channels, 1, n]
   */
  record PickEdit(int node, int input, int at, ChannelAxis axis, boolean repeated)
      implements GraphEdit {}

  /**
   * A whole number in an attribute, or in a list of them.
   *
   * @param element position in the list; −1 for a single number
   * @param axis what it counts: the number becomes the kept positions
   */
  record AttributeEdit(int node, String attribute, int element, ChannelAxis axis)
      implements GraphEdit {}
}
