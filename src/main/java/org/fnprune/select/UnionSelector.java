package org.fnprune.select;

import java.util.Set;
import org.fnprune.linalg.Matrix;

/**
 * The union of the networks' supports {j : |z_kj| > τ} (arXiv 2508.05239).
 *
 * <p>Channel j is in the union exactly when max_k |z_kj| > τ. So ranking by that maximum and
 * keeping the best n is the union at the τ that bisection would find for n channels, for every n at
 * once. A head is in the union when any of its positions is. The values are these maxima as they
 * are: a global allocation is then one τ for all units.
 */
final class UnionSelector implements Selector {

  @Override
  public String name() {
    return "functional-networks (union)";
  }

  @Override
  public Set<Evidence> needs() {
    return Set.of(Evidence.NETWORKS);
  }

  @Override
  public Ranking rank(Candidate candidate, long seed) {
    Matrix maps = candidate.requireNetworks().maps();
    double[] scores = new double[candidate.width()];
    for (int k = 0; k < maps.rows(); k++) {
      for (int j = 0; j < maps.cols(); j++) {
        int channel = candidate.channel(j);
        scores[channel] = Math.max(scores[channel], Math.abs(maps.get(k, j)));
      }
    }
    return Rankings.byScore(scores);
  }
}
