package org.fnprune.select;

import org.fnprune.linalg.Matrix;

/**
 * How much the model's loss minds errors of a unit's output: an error e ∈ R^m, as a row, costs ‖e ·
 * root‖², in nats.
 *
 * @param root m × r
 */
public record OutputMetric(Matrix root) {

  /** All directions alike: an error costs {@code price} · ‖e‖². */
  public static OutputMetric uniform(int outputs, double price) {
    return new OutputMetric(Matrix.identity(outputs).scaled(Math.sqrt(price)));
  }
}
