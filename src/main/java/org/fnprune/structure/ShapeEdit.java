package org.fnprune.structure;

/**
 * A shape whose last element is the width of a pruned axis, as a number written into the graph.
 *
 * @param node the Reshape
 * @param channels the axis that the element describes
 */
public record ShapeEdit(int node, ChannelAxis channels) {}
