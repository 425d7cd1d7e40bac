package org.fnprune.structure;

/**
 * A shape written into the graph that names the width of a pruned axis.
 *
 * @param node the Reshape
 * @param element which element of its shape, counted from the end
 * @param channels the axis that the element describes
 */
public record ShapeEdit(int node, int element, ChannelAxis channels) {}
