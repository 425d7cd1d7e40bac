package org.fnprune.select;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;

/**
 * What each further removal adds to a unit's output error, in the candidate's metric, while least
 * squares makes up for what went ({@link Removals}). The values of an error curve are comparable
 * over units.
 */
final class ErrorCurve {

  private ErrorCurve() {}

  /** The order in which each removal is the cheapest, with the costs (optimal brain surgery). */
  static Ranking cheapestFirst(Candidate candidate) {
    Removals removals = Removals.of(candidate);
    int width = candidate.width();
    int[] order = new int[width];
    double[] costs = new double[width];
    for (int r = 0; r < width; r++) {
      int channel = removals.cheapest();
      order[width - 1 - r] = channel;
      costs[r] = removals.remove(channel);
    }
    return ranking(order, costs);
  }

  /** A given order, best first, with the costs of removing from its end. */
  static Ranking of(Candidate candidate, ImmutableIntArray order) {
    Removals removals = Removals.of(candidate);
    int width = order.length();
    double[] costs = new double[width];
    for (int r = 0; r < width; r++) {
      costs[r] = removals.remove(order.get(width - 1 - r));
    }
    return ranking(order.toArray(), costs);
  }

  private static Ranking ranking(int[] bestFirst, double[] costs) {
    double[] convex = convex(costs);
    ImmutableDoubleArray.Builder values = ImmutableDoubleArray.builder(costs.length);
    for (int r = costs.length - 1; r >= 0; r--) {
      values.add(convex[r]);
    }
    return new Ranking(ImmutableIntArray.copyOf(bestFirst), values.build());
  }

  /**
   * The slopes of the largest convex curve below the cumulative costs (pool adjacent violators):
   * where a dear removal makes later ones cheap, they go together at their mean.
   */
  static double[] convex(double[] costs) {
    double[] means = new double[costs.length];
    int[] sizes = new int[costs.length];
    int pools = 0;
    for (double cost : costs) {
      means[pools] = cost;
      sizes[pools++] = 1;
      while (pools > 1 && means[pools - 2] > means[pools - 1]) {
        int size = sizes[pools - 2] + sizes[pools - 1];
        means[pools - 2] =
            (means[pools - 2] * sizes[pools - 2] + means[pools - 1] * sizes[pools - 1]) / size;
        sizes[pools - 2] = size;
        pools--;
      }
    }
    double[] slopes = new double[costs.length];
    int r = 0;
    for (int p = 0; p < pools; p++) {
      for (int i = 0; i < sizes[p]; i++) {
        slopes[r++] = means[p];
      }
    }
    return slopes;
  }
}
