package org.fnprune.network;

import com.google.common.primitives.ImmutableDoubleArray;
import java.util.Optional;
import org.fnprune.linalg.Matrix;
import org.fnprune.recipe.Networks;

/**
 * Networks of one decomposition.
 *
 * @param maps k × d, z-scored over the neurons that vary, peaks positive
 * @param unmixing W, k × k, with the maps' signs: W X are the independent components
 */
record Separated(Matrix maps, Matrix unmixing, NetworkMaps.Summary summary) {

  /** What there is to find where no neuron varies: nothing. */
  static Separated none(int width, Networks.Ica options, long seed) {
    return new Separated(
        Matrix.zeros(0, width),
        Matrix.zeros(0, 0),
        new NetworkMaps.Summary(
            0, 0, true, options.restarts(), seed, Optional.empty(), ImmutableDoubleArray.of()));
  }

  /** Rows of {@code matrix} times ±1. */
  static Matrix signed(Matrix matrix, double[] signs) {
    return Matrix.tabulate(matrix.rows(), matrix.cols(), (i, j) -> signs[i] * matrix.get(i, j));
  }
}
