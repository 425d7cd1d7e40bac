package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import java.util.ArrayList;
import java.util.List;
import org.fnprune.linalg.Matrix;
import org.fnprune.report.UnitNetworks.Network;

/**
 * How much the networks of a unit share: the intersection of two supports over their union (IoU,
 * Jaccard's index), 0 where neither has a neuron.
 *
 * @param iou networks × networks, symmetric, in the order of {@code networks}
 * @param order the networks so that similar ones are neighbours
 */
record Similarity(ImmutableList<Network> networks, Matrix iou, ImmutableList<Integer> order) {

  /** Two networks, by their places. */
  record Pair(int one, int other, double iou) {}

  static Similarity of(UnitNetworks unit) {
    ImmutableList<Network> networks = unit.networks();
    List<ImmutableSet<Integer>> supports = networks.stream().map(Network::support).toList();
    int n = networks.size();
    Matrix iou = Matrix.tabulate(n, n, (i, j) -> iou(supports.get(i), supports.get(j)));
    return new Similarity(networks, iou, chain(iou));
  }

  private static double iou(ImmutableSet<Integer> one, ImmutableSet<Integer> other) {
    int shared = Sets.intersection(one, other).size();
    int all = one.size() + other.size() - shared;
    return all == 0 ? 0 : shared / (double) all;
  }

  /** From network 0, always on to the most similar one that is left; of equals the first. */
  private static ImmutableList<Integer> chain(Matrix iou) {
    List<Integer> left = new ArrayList<>();
    for (int i = 1; i < iou.rows(); i++) {
      left.add(i);
    }
    ImmutableList.Builder<Integer> order = ImmutableList.builder();
    for (int at = 0; at < iou.rows(); ) {
      order.add(at);
      if (left.isEmpty()) {
        break;
      }
      int best = 0;
      for (int i = 1; i < left.size(); i++) {
        if (iou.get(at, left.get(i)) > iou.get(at, left.get(best))) {
          best = i;
        }
      }
      at = left.remove(best);
    }
    return order.build();
  }

  /** Mean over pairs of different networks. */
  double mean() {
    double sum = 0;
    for (int i = 0; i < iou.rows(); i++) {
      for (int j = 0; j < i; j++) {
        sum += iou.get(i, j);
      }
    }
    return sum / Math.max(1, iou.rows() * (iou.rows() - 1) / 2.0);
  }

  /** The most similar pair of different networks; needs two. */
  Pair closest() {
    Pair best = new Pair(0, 1, iou.get(0, 1));
    for (int i = 0; i < iou.rows(); i++) {
      for (int j = i + 1; j < iou.rows(); j++) {
        if (iou.get(i, j) > best.iou) {
          best = new Pair(i, j, iou.get(i, j));
        }
      }
    }
    return best;
  }
}
