package org.fnprune.select;

import java.util.stream.IntStream;
import org.fnprune.capture.Captured;
import org.fnprune.linalg.Matrix;

/**
 * What channels cost when nothing makes up for them: {@link Elimination} with the diagonal of C, Σ
 * (C_jj + λ) ‖w_j‖² over a channel's positions.
 */
final class SeparateRemovals implements Removals {

  private final double[] costs;
  private int[] alive;

  SeparateRemovals(Candidate candidate, Captured captured) {
    double damping = Removals.damping(captured);
    Matrix variance = captured.variance();
    Matrix weights = candidate.pricedConsumer();
    double[] ofPositions = new double[weights.rows()];
    for (int j = 0; j < ofPositions.length; j++) {
      double squares = 0;
      for (int c = 0; c < weights.cols(); c++) {
        squares += weights.get(j, c) * weights.get(j, c);
      }
      ofPositions[j] = squares * (Math.max(variance.get(0, j), 0) + damping);
    }
    costs = candidate.perChannel(ofPositions);
    alive = IntStream.range(0, candidate.width()).toArray();
  }

  @Override
  public int cheapest() {
    int best = alive[0];
    for (int channel : alive) {
      if (costs[channel] < costs[best]) {
        best = channel;
      }
    }
    return best;
  }

  @Override
  public double remove(int channel) {
    alive = IntStream.of(alive).filter(other -> other != channel).toArray();
    return costs[channel];
  }
}
