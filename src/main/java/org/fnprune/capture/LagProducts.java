package org.fnprune.capture;

import org.fnprune.linalg.Matrix;

/**
 * Products of every neuron with itself one token later, within sequences: what its autocorrelation,
 * and with that the effective number of tokens, is computed from.
 *
 * @param pairs the number of pairs of neighbouring tokens
 * @param products Σ_t h_t h_{t+1}, neuron by neuron, 1 × d
 */
public record LagProducts(long pairs, Matrix products) {

  public LagProducts {
    if (pairs < 0 || products.rows() != 1) {
      throw new IllegalArgumentException(pairs + " pairs, products are " + products);
    }
  }

  /** The products of both data sets together. */
  public LagProducts plus(LagProducts other) {
    return new LagProducts(pairs + other.pairs, products.plus(other.products));
  }
}
