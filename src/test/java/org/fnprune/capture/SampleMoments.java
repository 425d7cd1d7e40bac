package org.fnprune.capture;

import org.fnprune.linalg.Matrix;

/** Moments of activations that a test made up. */
public final class SampleMoments {

  private SampleMoments() {}

  /** Moments of {@code samples} (tokens × neurons). */
  public static Moments of(Matrix samples) {
    Matrix ones = Matrix.tabulate(1, samples.rows(), (i, j) -> 1);
    Matrix transposed = samples.transposed();
    return new Moments(samples.rows(), ones.times(samples), transposed.timesTransposed(transposed));
  }

  /** Moments of one million tokens with exactly this mean (1 × d) and covariance (d × d). */
  public static Moments of(Matrix mean, Matrix covariance) {
    int count = 1_000_000;
    Matrix second = covariance.plus(mean.transposed().times(mean));
    return new Moments(count, mean.scaled(count), second.scaled(count));
  }
}
