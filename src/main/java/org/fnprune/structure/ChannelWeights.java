package org.fnprune.structure;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.fnprune.linalg.Matrix;

/** W, d × m: the weights that consume a unit's channels, read when they are asked for. */
public interface ChannelWeights {

  /** d, the number of rows; known without reading. */
  int rows();

  /** The whole matrix, in memory. */
  Matrix matrix();

  /** ‖w_j‖² of every row. */
  default double[] squaredNorms() {
    Matrix weights = matrix();
    return IntStream.range(0, weights.rows())
        .mapToDouble(j -> Arrays.stream(weights.row(j)).map(w -> w * w).sum())
        .toArray();
  }

  /** Weights that are in memory already. */
  static ChannelWeights of(Matrix matrix) {
    return new ChannelWeights() {
      @Override
      public int rows() {
        return matrix.rows();
      }

      @Override
      public Matrix matrix() {
        return matrix;
      }
    };
  }
}
