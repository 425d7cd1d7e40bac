package org.fnprune.structure;

/**
 * A matrix product that consumes a unit's channels.
 *
 * @param node the product
 * @param activationInput the input that carries the channels
 * @param weightInput the input that is its weight
 * @param transposed whether the weight is stored m × d instead of d × m
 */
public record Projection(int node, int activationInput, int weightInput, boolean transposed) {

  /** A product whose first input is the activation and whose second is the weight. */
  static Projection of(int node, boolean transposed) {
    return new Projection(node, 0, 1, transposed);
  }
}
