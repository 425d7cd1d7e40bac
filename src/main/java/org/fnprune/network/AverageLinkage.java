package org.fnprune.network;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.fnprune.linalg.Matrix;

/**
 * Agglomerative clustering by the mean distance of members (UPGMA), with the nearest-neighbour
 * chain: O(M²) time for M items.
 *
 * <ol>
 *   <li>follow nearest neighbours from any cluster until two are each other's nearest
 *   <li>merge them; distances to the merged one are means weighted by size (Lance and Williams)
 *   <li>go on from what is left of the chain
 * </ol>
 *
 * Average linkage is reducible, so these merges, sorted by height, are those of the plain algorithm
 * that always merges the closest pair.
 */
final class AverageLinkage {

  /** Two clusters, each named by one of its items, become one. */
  private record Merge(int a, int b, double height) {}

  private final double[][] distances;
  private final int[] sizes;
  private final boolean[] gone;

  private AverageLinkage(Matrix similarities) {
    int items = similarities.rows();
    distances = new double[items][];
    for (int i = 0; i < items; i++) {
      distances[i] = Arrays.stream(similarities.row(i)).map(s -> 1 - s).toArray();
    }
    sizes = new int[items];
    Arrays.fill(sizes, 1);
    gone = new boolean[items];
  }

  /**
   * The cluster of each item, numbered in the order of their first items.
   *
   * @param similarities M × M, symmetric; the distance is one minus these
   * @param clusters wanted, 1 … M
   */
  static ImmutableIntArray cluster(Matrix similarities, int clusters) {
    int items = similarities.rows();
    if (clusters < 1 || clusters > items || similarities.cols() != items) {
      throw new IllegalArgumentException(clusters + " clusters of " + similarities);
    }
    List<Merge> merges = new AverageLinkage(similarities).merges();
    merges.sort(Comparator.comparingDouble(Merge::height));
    int[] first = new int[items];
    Arrays.setAll(first, i -> i);
    for (Merge merge : merges.subList(0, items - clusters)) {
      int a = root(first, merge.a());
      int b = root(first, merge.b());
      first[Math.max(a, b)] = Math.min(a, b);
    }
    int[] labels = new int[items];
    int next = 0;
    for (int i = 0; i < items; i++) {
      labels[i] = first[i] == i ? next++ : labels[root(first, i)];
    }
    return ImmutableIntArray.copyOf(labels);
  }

  private static int root(int[] first, int item) {
    int root = item;
    while (first[root] != root) {
      root = first[root];
    }
    return root;
  }

  /** All merges, in the order in which the chain finds them. */
  private List<Merge> merges() {
    List<Merge> merges = new ArrayList<>();
    List<Integer> chain = new ArrayList<>();
    int start = 0;
    while (merges.size() < sizes.length - 1) {
      if (chain.isEmpty()) {
        while (gone[start]) {
          start++;
        }
        chain.add(start);
      }
      int tip = chain.get(chain.size() - 1);
      int before = chain.size() > 1 ? chain.get(chain.size() - 2) : -1;
      int nearest = nearest(tip, before);
      if (nearest == before) {
        merges.add(new Merge(tip, before, distances[tip][before]));
        merge(tip, before);
        chain.subList(chain.size() - 2, chain.size()).clear();
      } else {
        chain.add(nearest);
      }
    }
    return merges;
  }

  /** The cluster nearest to {@code tip}; of equals the one before it, so that the chain ends. */
  private int nearest(int tip, int before) {
    int nearest = before;
    for (int i = 0; i < gone.length; i++) {
      if (!gone[i] && i != tip && (nearest < 0 || distances[tip][i] < distances[tip][nearest])) {
        nearest = i;
      }
    }
    return nearest;
  }

  /** {@code kept} takes over the items of {@code merged}. */
  private void merge(int merged, int kept) {
    gone[merged] = true;
    double all = sizes[merged] + sizes[kept];
    for (int i = 0; i < gone.length; i++) {
      if (!gone[i] && i != kept) {
        double mean =
            (sizes[merged] * distances[merged][i] + sizes[kept] * distances[kept][i]) / all;
        distances[kept][i] = mean;
        distances[i][kept] = mean;
      }
    }
    sizes[kept] += sizes[merged];
  }
}
