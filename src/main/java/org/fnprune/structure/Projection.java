package org.fnprune.structure;

/**
 * A matrix product that consumes a unit's channels.
 *
 * @param node the product
 * @param weightInput the input that is its weight
 * @param transposed whether the weight is stored m × d instead of d × m
 */
public record Projection(int node, int weightInput, boolean transposed) {}
