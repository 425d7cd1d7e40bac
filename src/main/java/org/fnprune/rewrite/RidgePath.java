package org.fnprune.rewrite;

import java.util.Optional;
import java.util.stream.IntStream;
import org.fnprune.capture.ErrorMoments;
import org.fnprune.capture.LiveNeurons;
import org.fnprune.linalg.Cholesky;
import org.fnprune.linalg.Matrix;

/**
 * The fits of an error e on what a slim unit's neurons do, by how much they are held back: D(ε) =
 * (C_hh + λI)⁻¹ C_he with λ = ε · mean diag(C_hh). ε → 0 is least squares; ε = ∞ leaves the
 * constant E e alone. Neurons that never vary take no part: they are a constant themselves.
 *
 * <p>Each ε has a Cholesky factorisation of its own: with k neurons, m outputs and six of them, 2k³
 * + 12k²m operations. One eigendecomposition for all would take 9k³ and more, which pays for m far
 * beyond k only.
 */
final class RidgePath {

  /** Where ε starts to rise from when it is zero and the system singular. */
  private static final double SMALLEST_RAISE = 1e-10;

  private static final int RAISES = 16;

  private final ErrorMoments measured;
  private final int[] live;
  private final Matrix covariance;
  private final Matrix cross;
  private final double scale;

  /**
   * Reads the covariances.
   *
   * @throws org.fnprune.common.UsageException when a moment is not finite, naming the neuron
   */
  RidgePath(ErrorMoments measured) {
    this.measured = measured;
    this.live = LiveNeurons.of(measured.activation()).toArray();
    this.covariance = measured.activation().covariance().selectRows(live).selectCols(live);
    this.cross = measured.crossCovariance().selectRows(live);
    this.scale =
        IntStream.range(0, live.length).mapToDouble(i -> covariance.get(i, i)).average().orElse(0);
  }

  /** Of what the fits are. */
  ErrorMoments measured() {
    return measured;
  }

  /**
   * The fit at {@code ridge}, or at the first higher one, going up tenfold, with which the system
   * is positive definite.
   *
   * @param ridge ε ≥ 0
   */
  Correction at(double ridge) {
    int neurons = measured.activation().width();
    if (Double.isInfinite(ridge)) {
      return Correction.withMeans(measured, Matrix.zeros(neurons, cross.cols()), ridge);
    }
    double epsilon = ridge;
    for (int attempt = 0; attempt <= RAISES; attempt++) {
      Optional<Matrix> fitted = Cholesky.solve(covariance.plusDiagonal(epsilon * scale), cross);
      if (fitted.isPresent()) {
        return Correction.withMeans(measured, spread(fitted.get(), neurons), epsilon);
      }
      epsilon = Math.max(epsilon * 10, SMALLEST_RAISE);
    }
    throw new IllegalStateException(
        "covariance of the kept neurons is not positive definite, not even with ridge " + epsilon);
  }

  /** A row for every neuron: zeros for those that take no part. */
  private Matrix spread(Matrix rows, int count) {
    return SlimWeight.spread(rows, live, count);
  }
}
