package org.fnprune.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.SymmetricEigen;

/** Centred, uncorrelated signals of unit variance: what FastICA takes. */
final class Whitening {

  /** A direction with less than this share of the variance is rounding noise. */
  private static final double RANK_TOLERANCE = 1e-9;

  private Whitening() {}

  /**
   * The top principal directions of a correlation matrix, with neurons as samples.
   *
   * @param correlation R, d × d
   * @param components k wanted
   * @return k′ × d, white over its columns; k′ ≤ k is lower when the rank of R is, or when centring
   *     over the neurons takes a direction away
   */
  static Matrix principalMaps(Matrix correlation, int components) {
    int k = Math.min(components, correlation.rows());
    SymmetricEigen eigen = SymmetricEigen.top(correlation, k);
    return whitened(centred(eigen.vectors().selectCols(significant(eigen)).transposed()));
  }

  /**
   * White combinations of {@code centred} (k × samples), by Gram and Schmidt in the rows' order,
   * each projected twice; a row that the earlier ones leave nothing of is dropped.
   *
   * <p>Not Λ^(−1/2) Uᵀ X: centred eigenvectors have XXᵀ = I − d·mmᵀ, all of whose eigenvalues but
   * one are 1, so U would be any rotation, rounding would choose it, and a seed would mean nothing.
   */
  static Matrix whitened(Matrix centred) {
    List<double[]> basis = new ArrayList<>();
    for (int i = 0; i < centred.rows(); i++) {
      double[] row = centred.row(i);
      double before = dot(row, row);
      for (int pass = 0; pass < 2; pass++) {
        basis.forEach(earlier -> subtract(row, dot(row, earlier) / row.length, earlier));
      }
      double left = dot(row, row);
      if (left > RANK_TOLERANCE * before) {
        double scale = Math.sqrt(row.length / left);
        basis.add(Arrays.stream(row).map(x -> x * scale).toArray());
      }
    }
    return basis.isEmpty()
        ? Matrix.zeros(0, centred.cols())
        : Matrix.of(basis.toArray(new double[0][]));
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void subtract(double[] row, double factor, double[] other) {
    for (int i = 0; i < row.length; i++) {
      row[i] -= factor * other[i];
    }
  }

  /** Every row less its mean. */
  static Matrix centred(Matrix rows) {
    double[] means =
        IntStream.range(0, rows.rows())
            .mapToDouble(i -> Arrays.stream(rows.row(i)).average().orElse(0))
            .toArray();
    return Matrix.tabulate(rows.rows(), rows.cols(), (i, j) -> rows.get(i, j) - means[i]);
  }

  private static int[] significant(SymmetricEigen eigen) {
    return IntStream.range(0, eigen.values().length())
        .filter(i -> eigen.values().get(i) > RANK_TOLERANCE * Math.abs(eigen.values().get(0)))
        .toArray();
  }
}
