package org.fnprune.select;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.ZScore;
import org.fnprune.structure.ChannelWeights;

/** What the selectors share: from scores to rankings. */
final class Rankings {

  private Rankings() {}

  /**
   * Channels by descending score; equal scores in the order of their indices.
   *
   * @throws IllegalArgumentException when a score is not finite
   */
  static Ranking byScore(double[] scores) {
    for (int j = 0; j < scores.length; j++) {
      if (!Double.isFinite(scores[j])) {
        throw new IllegalArgumentException("channel " + j + " scores " + scores[j]);
      }
    }
    int[] order =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer j) -> -scores[j]))
            .mapToInt(Integer::intValue)
            .toArray();
    return new Ranking(
        ImmutableIntArray.copyOf(order),
        ImmutableDoubleArray.copyOf(IntStream.of(order).mapToDouble(j -> scores[j])));
  }

  /**
   * The same by z-score within the unit, so that a global allocation compares how far a channel
   * stands out in its own unit and not how large the unit's numbers are (FLAP's AL-AM, arXiv
   * 2312.11983).
   */
  static Ranking byStandardisedScore(double[] scores) {
    byScore(scores);
    return byScore(ZScore.of(scores));
  }

  /** ‖w_j‖² of every row. */
  static double[] squaredNorms(Matrix weight) {
    return ChannelWeights.of(weight).squaredNorms();
  }

  /** ρ_j = C_jj ‖w_j‖²: the energy that channel j adds to the output; never negative. */
  static double[] outputEnergy(Candidate candidate) {
    double[] energy = candidate.weights().squaredNorms();
    Matrix sum = candidate.requireMoments().sum();
    double[] squares = candidate.requireMoments().squares().row(0);
    long count = candidate.requireMoments().count();
    for (int j = 0; j < energy.length; j++) {
      double mean = sum.get(0, j) / count;
      double variance = squares[j] / count - mean * mean;
      energy[j] *= Double.isNaN(variance) ? variance : Math.max(variance, 0);
    }
    return energy;
  }
}
