package org.fnprune.capture;

import org.fnprune.linalg.Matrix;

/**
 * What a capture knows of one stream of signals h ∈ R^d over tokens: everything about each neuron,
 * and of pairs of neurons either everything ({@link Moments}) or the strongest directions ({@link
 * Sketch}), where d² numbers are too many.
 */
public sealed interface Captured permits Moments, Sketch {

  /** n, the number of tokens. */
  long count();

  /** Σh, 1 × d. */
  Matrix sum();

  /** Σh², neuron by neuron, 1 × d. */
  Matrix squares();

  /** d, the number of neurons. */
  default int width() {
    return sum().cols();
  }

  /** μ = Σh / n, 1 × d. */
  default Matrix mean() {
    return sum().scaled(1.0 / count());
  }

  /** E h² − μ² of every neuron, 1 × d. */
  default Matrix variance() {
    Matrix squares = squares();
    return Matrix.tabulate(
        1,
        width(),
        (i, j) -> {
          double mean = sum().get(0, j) / count();
          return squares.get(0, j) / count() - mean * mean;
        });
  }
}
