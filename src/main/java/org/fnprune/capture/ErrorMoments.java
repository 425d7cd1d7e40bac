package org.fnprune.capture;

import org.fnprune.linalg.Matrix;

/**
 * Moments of a slim unit's activation h ∈ R^k together with the error e ∈ R^m of what it writes to:
 * all that a linear fit of the error on the activation needs.
 *
 * @param activation n, Σh and Σhhᵀ
 * @param errorSum Σe, 1 × m
 * @param cross Σheᵀ, k × m
 */
public record ErrorMoments(Moments activation, Matrix errorSum, Matrix cross) {

  public ErrorMoments {
    if (cross.rows() != activation.width() || cross.cols() != errorSum.cols()) {
      throw new IllegalArgumentException(
          cross + " for " + activation.width() + " neurons and " + errorSum.cols() + " outputs");
    }
  }

  /** E e, 1 × m. */
  public Matrix errorMean() {
    return errorSum.scaled(1.0 / activation.count());
  }

  /** E heᵀ − E h E eᵀ, k × m. */
  public Matrix crossCovariance() {
    Matrix products = activation.mean().transposed().times(errorMean());
    return cross.scaled(1.0 / activation.count()).minus(products);
  }
}
