package org.fnprune.structure;

import com.google.common.collect.ImmutableList;

/**
 * A Split along a pruned axis.
 *
 * @param node the Split
 * @param parts the channels of each output
 * @param sized whether its sizes are written into the graph (else all parts stay equal)
 */
public record SplitEdit(int node, ImmutableList<ChannelAxis> parts, boolean sized) {}
