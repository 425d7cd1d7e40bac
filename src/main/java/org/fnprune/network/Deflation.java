package org.fnprune.network;

import com.google.common.primitives.ImmutableDoubleArray;
import java.util.Arrays;
import org.fnprune.linalg.Matrix;

/** FastICA one component after the other; see {@link FastIca}. */
final class Deflation {

  private Deflation() {}

  static FastIca.Result run(Matrix white, Matrix start, FastIca.Settings settings) {
    int k = white.rows();
    double[][] found = new double[k][k];
    double[] turns = new double[k];
    int slowest = 0;
    for (int component = 0; component < k; component++) {
      Matrix earlier = Matrix.of(found);
      Matrix w = unit(start.selectRows(new int[] {component}), earlier);
      double turn = Double.POSITIVE_INFINITY;
      int iteration = 0;
      while (!(turn < settings.tolerance()) && iteration < settings.maxIterations()) {
        Matrix step = FastIca.step(w, white, settings.nonlinearity());
        Matrix next = unit(less(less(step, earlier), earlier), earlier);
        turn = FastIca.turns(next, w)[0];
        w = next;
        iteration++;
      }
      found[component] = w.row(0);
      turns[component] = turn;
      slowest = Math.max(slowest, iteration);
    }
    boolean converged = Arrays.stream(turns).allMatch(turn -> turn < settings.tolerance());
    return new FastIca.Result(
        Matrix.of(found), slowest, converged, ImmutableDoubleArray.copyOf(turns));
  }

  /** w (1 × k) less its projection on the orthonormal rows of {@code earlier}; others are 0. */
  private static Matrix less(Matrix w, Matrix earlier) {
    return w.minus(w.timesTransposed(earlier).times(earlier));
  }

  /**
   * w at unit length. Where nothing is left of it, the contrast cannot tell the directions that
   * remain apart, and the axis nearest to them stands for all.
   */
  private static Matrix unit(Matrix w, Matrix earlier) {
    double length = Math.sqrt(w.inner(w));
    if (length > 0) {
      return w.scaled(1 / length);
    }
    Matrix axes = Matrix.identity(earlier.cols());
    Matrix remainders = axes.minus(earlier.transposed().times(earlier));
    double[] squares = remainders.diagonal();
    int longest = 0;
    for (int i = 1; i < squares.length; i++) {
      longest = squares[i] > squares[longest] ? i : longest;
    }
    Matrix axis = less(remainders.selectRows(new int[] {longest}), earlier);
    return axis.scaled(1 / Math.sqrt(axis.inner(axis)));
  }
}
