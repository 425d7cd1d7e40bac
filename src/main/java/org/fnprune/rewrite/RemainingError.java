package org.fnprune.rewrite;

import org.fnprune.capture.ErrorMoments;
import org.fnprune.linalg.Matrix;

/**
 * What corrections leave of an error on some data: E‖e − hᵀD − b‖² = E‖e − μ_e‖² − 2⟨D, C_he⟩ + ⟨D,
 * C_hh D⟩ + ‖μ_e − μ_h D − b‖².
 */
final class RemainingError {

  private final ErrorMoments measured;
  private final Matrix covariance;
  private final Matrix cross;
  private final double variance;

  RemainingError(ErrorMoments measured) {
    this.measured = measured;
    this.covariance = measured.activation().covariance();
    this.cross = measured.crossCovariance();
    this.variance = measured.errorVariance();
  }

  /** The mean square error that is left. */
  double after(Correction correction) {
    Matrix mean = measured.errorMean().minus(correction.constant());
    double error = variance;
    if (correction.changesWeight()) {
      Matrix change = correction.change();
      mean = mean.minus(measured.activation().mean().times(change));
      error += change.inner(covariance.times(change)) - 2 * change.inner(cross);
    }
    return error + mean.inner(mean);
  }
}
