package org.fnprune.network;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Arrays;
import org.fnprune.linalg.Matrix;

/**
 * How reliable components are over restarts (ICASSO: Himberg, Hyvärinen and Esposito 2004).
 *
 * <p>σ_ab = |⟨w_a, w_b⟩| of unit unmixing rows on the same white signals is the absolute
 * correlation of the components. Average linkage on 1 − σ groups them. Of each cluster C, Iq = mean
 * of σ over pairs of different members − mean of σ between members and all others: 1 for a
 * component that every run finds, near 0 for one that none repeats. A cluster of one has no pairs:
 * the first mean is 0, since no other run found it. (The authors' software gives no index then.)
 *
 * @param labels of each row, its cluster
 * @param quality Iq of each cluster
 * @param centrotypes of each cluster, the row most similar to all its members
 */
record Icasso(
    ImmutableIntArray labels, ImmutableDoubleArray quality, ImmutableIntArray centrotypes) {

  /**
   * Clusters unmixing rows.
   *
   * @param rows M × k, each of unit length: all runs' rows
   * @param clusters how many components there are
   */
  static Icasso of(Matrix rows, int clusters) {
    Matrix product = rows.timesTransposed(rows);
    Matrix similarity =
        Matrix.tabulate(product.rows(), product.cols(), (a, b) -> Math.abs(product.get(a, b)));
    return of(similarity, AverageLinkage.cluster(similarity, clusters), clusters);
  }

  /** The indices of a clustering. */
  static Icasso of(Matrix similarity, ImmutableIntArray labels, int clusters) {
    int items = labels.length();
    int[] sizes = new int[clusters];
    labels.forEach(label -> sizes[label]++);
    double[] intra = new double[clusters];
    double[] extra = new double[clusters];
    double[] most = new double[clusters];
    int[] centrotypes = new int[clusters];
    Arrays.fill(most, -1);
    for (int a = 0; a < items; a++) {
      int cluster = labels.get(a);
      double within = 0;
      for (int b = 0; b < items; b++) {
        if (labels.get(b) != cluster) {
          extra[cluster] += similarity.get(a, b);
        } else if (b != a) {
          within += similarity.get(a, b);
        }
      }
      intra[cluster] += within;
      if (within > most[cluster]) {
        most[cluster] = within;
        centrotypes[cluster] = a;
      }
    }
    double[] quality = new double[clusters];
    for (int c = 0; c < clusters; c++) {
      double pairs = (double) sizes[c] * (sizes[c] - 1);
      double strangers = (double) sizes[c] * (items - sizes[c]);
      quality[c] = intra[c] / Math.max(1, pairs) - extra[c] / Math.max(1, strangers);
    }
    return new Icasso(
        labels, ImmutableDoubleArray.copyOf(quality), ImmutableIntArray.copyOf(centrotypes));
  }
}
