package org.fnprune.capture;

import java.nio.FloatBuffer;
import org.fnprune.linalg.Matrix;

/** Adds up the float32 moments of batches in float64. Not thread-safe. */
final class MomentsAccumulator {

  private final int width;
  private final double[] sum;
  private final double[] gram;
  private long count;

  MomentsAccumulator(int width) {
    this.width = width;
    this.sum = new double[width];
    this.gram = new double[Math.multiplyExact(width, width)];
  }

  /**
   * Adds one batch.
   *
   * @param tokens its tokens, padding excluded
   * @param batchSum Σh, d values
   * @param batchGram Σhhᵀ, d × d values
   */
  void add(long tokens, FloatBuffer batchSum, FloatBuffer batchGram) {
    count += tokens;
    for (int i = 0; i < sum.length; i++) {
      sum[i] += batchSum.get(i);
    }
    for (int i = 0; i < gram.length; i++) {
      gram[i] += batchGram.get(i);
    }
  }

  /** What was added so far. The matrix is made exactly symmetric. */
  Moments moments() {
    double[] symmetric = new double[gram.length];
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < width; j++) {
        symmetric[i * width + j] = (gram[i * width + j] + gram[j * width + i]) / 2;
      }
    }
    return new Moments(count, Matrix.of(1, width, sum), Matrix.of(width, width, symmetric));
  }
}
