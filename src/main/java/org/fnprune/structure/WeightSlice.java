package org.fnprune.structure;

import org.fnprune.model.Graph;

/**
 * A constant operand that loses slices with its unit's channels.
 *
 * @param use the node input that reads the constant
 * @param storage the initialiser or constant that holds it
 * @param channels which slice belongs to which channel
 * @param elements values of the whole constant; 0 where another slice of the unit has counted them
 */
public record WeightSlice(Graph.Use use, String storage, ChannelAxis channels, long elements) {}
