package org.fnprune.network;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.util.stream.IntStream;
import org.fnprune.capture.Captured;
import org.fnprune.capture.LiveNeurons;
import org.fnprune.capture.Moments;
import org.fnprune.capture.Projection;
import org.fnprune.capture.Sketch;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.SymmetricEigen;

/**
 * The principal axes of z-scored signals: the leading eigenvectors of the correlation matrix R of
 * the neurons that vary. They are also the left singular vectors of the z-scored neurons × tokens.
 *
 * @param mean of every neuron, 1 × d
 * @param deviation standard deviation of every neuron, 1 × d
 * @param live the neurons that vary, ascending; R is over these, and its trace is their number
 * @param values the largest eigenvalues of R, descending, without those that are rounding noise
 * @param vectors live × k, their unit eigenvectors
 */
public record PrincipalAxes(
    Matrix mean,
    Matrix deviation,
    ImmutableIntArray live,
    ImmutableDoubleArray values,
    Matrix vectors) {

  /** An eigenvalue below this share of the largest is rounding noise. */
  private static final double RANK_TOLERANCE = 1e-9;

  /**
   * The leading axes of captured signals: of full moments by an eigendecomposition, of a sketch
   * those that it found.
   *
   * @param components k wanted; fewer come back where the rank of R, or the sketch, is lower
   * @throws org.fnprune.common.UsageException when a moment is not finite, naming the neuron
   */
  public static PrincipalAxes of(Captured captured, int components) {
    ImmutableIntArray live = LiveNeurons.of(captured);
    Matrix variance = captured.variance();
    Matrix deviation =
        Matrix.tabulate(1, captured.width(), (i, j) -> Math.sqrt(Math.max(variance.get(0, j), 0)));
    if (captured instanceof Moments moments) {
      Matrix correlation = correlation(moments, live);
      SymmetricEigen eigen = SymmetricEigen.top(correlation, Math.min(components, live.length()));
      return significant(captured.mean(), deviation, live, eigen.values(), eigen.vectors())
          .leading(components);
    }
    Sketch sketch = (Sketch) captured;
    return significant(
            captured.mean(),
            deviation,
            live,
            sketch.values(),
            sketch.vectors().selectRows(live.toArray()))
        .leading(components);
  }

  /** R of the neurons {@code live}. */
  static Matrix correlation(Moments moments, ImmutableIntArray live) {
    Matrix covariance = moments.covariance();
    double[] variance = covariance.diagonal();
    return Matrix.tabulate(
        live.length(),
        live.length(),
        (i, j) ->
            covariance.get(live.get(i), live.get(j))
                / Math.sqrt(variance[live.get(i)] * variance[live.get(j)]));
  }

  /** Axes without those whose eigenvalues are rounding noise beside the largest. */
  static PrincipalAxes significant(
      Matrix mean,
      Matrix deviation,
      ImmutableIntArray live,
      ImmutableDoubleArray values,
      Matrix vectors) {
    int rank = 0;
    while (rank < values.length() && values.get(rank) > RANK_TOLERANCE * values.get(0)) {
      rank++;
    }
    return new PrincipalAxes(mean, deviation, live, values, vectors).leading(rank);
  }

  /** d, the number of neurons. */
  public int width() {
    return mean.cols();
  }

  /** The number of axes. */
  public int components() {
    return values.length();
  }

  /** The first {@code k} axes, or all if they are fewer. */
  public PrincipalAxes leading(int k) {
    if (k >= components()) {
      return this;
    }
    return new PrincipalAxes(
        mean,
        deviation,
        live,
        values.subArray(0, k).trimmed(),
        vectors.selectCols(IntStream.range(0, k).toArray()));
  }

  /**
   * What turns activations into white courses: y = Λ^(−1/2) Uᵀ z, z the z-scored neurons. Over the
   * tokens that the axes were found on, y has zero mean and the identity as covariance.
   */
  public Projection whitening() {
    double[] directions = new double[Math.multiplyExact(width(), components())];
    double[] offset = new double[components()];
    for (int i = 0; i < live.length(); i++) {
      int neuron = live.get(i);
      for (int c = 0; c < components(); c++) {
        double direction =
            vectors.get(i, c) / (deviation.get(0, neuron) * Math.sqrt(values.get(c)));
        directions[neuron * components() + c] = direction;
        offset[c] -= mean.get(0, neuron) * direction;
      }
    }
    return new Projection(
        Matrix.of(width(), components(), directions), Matrix.of(1, components(), offset));
  }
}
