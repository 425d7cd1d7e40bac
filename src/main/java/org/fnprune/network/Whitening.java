package org.fnprune.network;

import java.util.stream.IntStream;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.SymmetricEigen;

/** Centred, uncorrelated signals of unit variance: what FastICA takes. */
final class Whitening {

  /** Directions with less than this share of the largest eigenvalue are rounding noise. */
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

  /** White combinations of {@code centred} (k × samples): Λ^(−1/2) Uᵀ X √samples, XXᵀ = UΛUᵀ. */
  static Matrix whitened(Matrix centred) {
    SymmetricEigen eigen = SymmetricEigen.of(centred.timesTransposed(centred));
    int[] kept = significant(eigen);
    double[] scale =
        IntStream.of(kept)
            .mapToDouble(i -> Math.sqrt(centred.cols() / eigen.values().get(i)))
            .toArray();
    Matrix vectors = eigen.vectors();
    return Matrix.tabulate(
            kept.length, centred.rows(), (i, j) -> vectors.get(j, kept[i]) * scale[i])
        .times(centred);
  }

  /** Every row less its mean. */
  static Matrix centred(Matrix rows) {
    double[] means =
        IntStream.range(0, rows.rows())
            .mapToDouble(i -> java.util.Arrays.stream(rows.row(i)).average().orElse(0))
            .toArray();
    return Matrix.tabulate(rows.rows(), rows.cols(), (i, j) -> rows.get(i, j) - means[i]);
  }

  private static int[] significant(SymmetricEigen eigen) {
    return IntStream.range(0, eigen.values().length())
        .filter(i -> eigen.values().get(i) > RANK_TOLERANCE * Math.abs(eigen.values().get(0)))
        .toArray();
  }
}
