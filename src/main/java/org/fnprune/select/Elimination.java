package org.fnprune.select;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.fnprune.capture.Moments;
import org.fnprune.linalg.Cholesky;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Parallel;
import org.fnprune.linalg.Threads;

/**
 * Removes channels one after the other while least squares on the others makes up for them (optimal
 * brain surgery: Hassibi and Stork 1993; one row of W for all outputs). With Q = (C + λI)⁻¹:
 *
 * <ol>
 *   <li>removing neuron j raises the squared error of the output by ‖w_j‖² / Q_jj; a channel of
 *       several positions h by tr(W_hᵀ (Q_hh)⁻¹ W_h)
 *   <li>the others take over: W ← W − Q_:j w_jᵀ / Q_jj
 *   <li>and lose j: Q ← Q − Q_:j Q_j: / Q_jj
 * </ol>
 *
 * <p>The costs add up to the error of the least squares fit on what is left.
 */
final class Elimination implements Removals {

  /**
   * The least λ, as a share of the largest E h², of neurons that never vary: of them E hhᵀ − E h E
   * hᵀ leaves rounding alone, which need not be positive.
   */
  private static final double ROUNDING = 1e-12;

  /** Multiplications from which on threads save more than they cost. */
  private static final long WORTH_THREADS = 1 << 18;

  private final int unitSize;
  private final double[][] inverse;
  private final double[][] weights;
  private int[] alive;

  /** Starts with all channels. */
  Elimination(Candidate candidate, Moments moments) {
    this.unitSize = candidate.unitSize();
    this.inverse = rows(inverse(moments, Removals.damping(moments)));
    this.weights = rows(candidate.pricedConsumer());
    this.alive = IntStream.range(0, candidate.width()).toArray();
  }

  private static double[][] rows(Matrix matrix) {
    return IntStream.range(0, matrix.rows()).mapToObj(matrix::row).toArray(double[][]::new);
  }

  /** (C + λI)⁻¹ with the λ given, or the first of ten times as much where that is not positive. */
  private static Matrix inverse(Moments moments, double least) {
    Matrix covariance = moments.covariance();
    Matrix identity = Matrix.identity(moments.width());
    double largest = Arrays.stream(moments.squares().row(0)).max().orElse(0) / moments.count();
    double damping = least;
    Optional<Matrix> inverse = Cholesky.solve(covariance.plus(identity.scaled(damping)), identity);
    while (inverse.isEmpty()) {
      if (damping > moments.width() * largest) {
        throw new IllegalStateException("a damped covariance is not positive");
      }
      damping = Math.max(10 * damping, ROUNDING * largest);
      inverse = Cholesky.solve(covariance.plus(identity.scaled(damping)), identity);
    }
    return inverse.get();
  }

  /** The channels that are left. */
  int[] alive() {
    return alive.clone();
  }

  @Override
  public int cheapest() {
    int best = alive[0];
    double least = Double.POSITIVE_INFINITY;
    for (int channel : alive) {
      double cost = cost(channel);
      if (cost < least) {
        least = cost;
        best = channel;
      }
    }
    return best;
  }

  /** What removing a channel would add to the error now. */
  double cost(int channel) {
    if (unitSize == 1) {
      double[] w = weights[channel];
      double sum = 0;
      for (double value : w) {
        sum += value * value;
      }
      return sum / inverse[channel][channel];
    }
    int from = channel * unitSize;
    Matrix own = Matrix.tabulate(unitSize, unitSize, (i, j) -> inverse[from + i][from + j]);
    Matrix written = Matrix.of(Arrays.copyOfRange(weights, from, from + unitSize));
    return written.inner(
        Cholesky.solve(own, written)
            .orElseThrow(() -> new IllegalStateException("an inverse covariance is not positive")));
  }

  @Override
  public double remove(int channel) {
    double cost = cost(channel);
    alive = Arrays.stream(alive).filter(other -> other != channel).toArray();
    for (int p = channel * unitSize; p < (channel + 1) * unitSize; p++) {
      removePosition(p, channel);
    }
    return cost;
  }

  private void removePosition(int gone, int channel) {
    double[] row = inverse[gone];
    double[] written = weights[gone];
    double pivot = row[gone];
    int[] columns = positions(alive);
    if (unitSize > 1) {
      int end = (channel + 1) * unitSize;
      int[] own = IntStream.range(gone + 1, end).toArray();
      columns = IntStream.concat(IntStream.of(own), Arrays.stream(columns)).toArray();
    }
    int[] left = columns;
    long work = (long) left.length * (left.length + written.length);
    Parallel.forEach(
        work > WORTH_THREADS ? Threads.get() : 1,
        left.length,
        i -> update(left[i], gone, row, written, pivot, left));
  }

  private void update(int i, int gone, double[] row, double[] written, double pivot, int[] left) {
    double[] q = inverse[i];
    double factor = q[gone] / pivot;
    if (factor == 0) {
      return;
    }
    for (int j : left) {
      q[j] -= factor * row[j];
    }
    double[] w = weights[i];
    for (int c = 0; c < w.length; c++) {
      w[c] -= factor * written[c];
    }
  }

  private int[] positions(int[] channels) {
    return unitSize == 1
        ? channels
        : Arrays.stream(channels)
            .flatMap(c -> IntStream.range(c * unitSize, (c + 1) * unitSize))
            .toArray();
  }
}
