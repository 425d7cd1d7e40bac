package org.fnprune.select;

import java.util.Set;
import java.util.stream.IntStream;
import org.fnprune.capture.Captured;
import org.fnprune.capture.LiveNeurons;
import org.fnprune.linalg.Matrix;
import org.fnprune.network.Thresholds;

/**
 * Covers the output energy of every network: maximises Σ_k ω_k √(Σ_{j∈K} a_kj) greedily.
 *
 * <ul>
 *   <li>ρ_j = C_jj ‖w_j‖², the energy that neuron j writes
 *   <li>a_kj = z²_kj ρ_j / Σ_i z²_ki ρ_i, its part in network k
 *   <li>ω_k, what the loss rises by without network k where that was measured, else the share of
 *       the unit's output variance tr(Wᵀ C W) that the neurons with |z_kj| > 2 carry
 * </ul>
 *
 * <p>Of a head, a is the sum over its positions.
 *
 * <p>The root makes the second neuron of a network worth less than the first of another. Values are
 * the marginal gains, hence shares of the unit's own output variance, comparable over units.
 */
final class CoverageSelector implements Selector {

  @Override
  public String name() {
    return "functional-networks (coverage)";
  }

  @Override
  public Set<Evidence> needs() {
    return Set.of(Evidence.MOMENTS, Evidence.NETWORKS);
  }

  @Override
  public boolean isShare() {
    return true;
  }

  @Override
  public Ranking rank(Candidate candidate, long seed) {
    return LazyGreedy.rank(objective(candidate));
  }

  /** What is maximised for {@code candidate}. */
  static Coverage objective(Candidate candidate) {
    Captured captured = candidate.requireMoments();
    LiveNeurons.requireFinite(captured);
    Matrix maps = candidate.requireNetworks().maps();
    return new Coverage(
        channels(candidate, parts(maps, Rankings.outputEnergy(candidate))),
        candidate.lesions() == null
            ? weights(maps, captured, candidate.consumer())
            : candidate.lesions().stream().map(rise -> Math.max(rise, 0)).toArray());
  }

  /** What a channel has of a network is what its positions have. */
  private static Matrix channels(Candidate candidate, Matrix parts) {
    if (candidate.unitSize() == 1) {
      return parts;
    }
    double[] sums = new double[Math.multiplyExact(candidate.width(), parts.cols())];
    for (int j = 0; j < parts.rows(); j++) {
      for (int k = 0; k < parts.cols(); k++) {
        sums[candidate.channel(j) * parts.cols() + k] += parts.get(j, k);
      }
    }
    return Matrix.of(candidate.width(), parts.cols(), sums);
  }

  /** a, d × k; a network without energy has none to share. */
  private static Matrix parts(Matrix maps, double[] energy) {
    double[] total = new double[maps.rows()];
    for (int k = 0; k < maps.rows(); k++) {
      for (int j = 0; j < maps.cols(); j++) {
        total[k] += maps.get(k, j) * maps.get(k, j) * energy[j];
      }
    }
    return Matrix.tabulate(
            maps.rows(),
            maps.cols(),
            (k, j) -> total[k] > 0 ? maps.get(k, j) * maps.get(k, j) * energy[j] / total[k] : 0)
        .transposed();
  }

  /** ω: tr(W_Sᵀ C_SS W_S) / tr(Wᵀ C W) for the support S of every network. */
  private static double[] weights(Matrix maps, Captured captured, Matrix consumer) {
    OutputVariance variance = OutputVariance.of(captured, consumer);
    double total = variance.of(IntStream.range(0, consumer.rows()).toArray());
    double[] weights = new double[maps.rows()];
    for (int k = 0; k < weights.length; k++) {
      double[] z = maps.row(k);
      int[] support =
          IntStream.range(0, z.length).filter(j -> Math.abs(z[j]) > Thresholds.USUAL).toArray();
      double carried = variance.of(support);
      weights[k] = total > 0 ? Math.max(carried / total, 0) : 0;
    }
    return weights;
  }
}
