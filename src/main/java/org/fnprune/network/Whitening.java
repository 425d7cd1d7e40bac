package org.fnprune.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.SymmetricEigen;

/**
 * Centred, uncorrelated signals of unit variance, XXᵀ = samples · I: what FastICA takes. {@link
 * #analytic} is the textbook's way, for raw signals; {@link #principalMaps} is for correlation
 * matrices with neurons as samples.
 */
final class Whitening {

  /** A direction with less than this share of the variance is rounding noise. */
  private static final double RANK_TOLERANCE = 1e-9;

  /** A row whose deviation is below this share of its mean is constant but for rounding. */
  private static final double CONSTANT = 1e-13;

  private Whitening() {}

  /**
   * Raw signals made white by X = K (signals − mean).
   *
   * @param mean of every signal, 1 × n
   * @param whitening K = Λ^(−1/2) Uᵀ, k × n, from the k largest eigenvalues Λ of the covariance
   *     matrix (of the population, 1/samples) and their vectors U
   * @param dewhitening U Λ^(1/2), n × k, the pseudo-inverse of K
   * @param white X, k × samples
   */
  record Analytic(Matrix mean, Matrix whitening, Matrix dewhitening, Matrix white) {}

  /**
   * The first principal components of {@code signals} (n × samples), at unit variance.
   *
   * @param components k wanted; fewer come back where the rank is lower: a direction with less than
   *     1e-9 of the largest variance is rounding noise
   * @throws UsageException when a value is not finite, naming its row and column
   */
  static Analytic analytic(Matrix signals, int components) {
    requireFinite(signals);
    Matrix centred = centred(signals);
    SymmetricEigen eigen =
        SymmetricEigen.top(
            centred.timesTransposed(centred).scaled(1.0 / signals.cols()),
            Math.min(components, signals.rows()));
    int[] significant = significant(eigen);
    double[] deviations =
        Arrays.stream(significant).mapToDouble(i -> Math.sqrt(eigen.values().get(i))).toArray();
    Matrix directions = eigen.vectors().selectCols(significant).transposed();
    Matrix whitening =
        Matrix.tabulate(
            directions.rows(), directions.cols(), (i, j) -> directions.get(i, j) / deviations[i]);
    Matrix dewhitening =
        Matrix.tabulate(
            directions.cols(), directions.rows(), (i, j) -> directions.get(j, i) * deviations[j]);
    double[] means = means(signals);
    return new Analytic(
        Matrix.of(1, means.length, means), whitening, dewhitening, whitening.times(centred));
  }

  private static void requireFinite(Matrix signals) {
    for (int i = 0; i < signals.rows(); i++) {
      for (int j = 0; j < signals.cols(); j++) {
        if (!Double.isFinite(signals.get(i, j))) {
          throw new UsageException(
              "the signals hold " + signals.get(i, j) + " in row " + i + ", column " + j,
              "every value must be finite: drop or repair that row or column");
        }
      }
    }
  }

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

  /** Every row less its mean; zeros for a row that is constant but for rounding. */
  static Matrix centred(Matrix rows) {
    double[] means = means(rows);
    double[][] centred = new double[rows.rows()][];
    for (int i = 0; i < centred.length; i++) {
      double mean = means[i];
      double[] row = Arrays.stream(rows.row(i)).map(x -> x - mean).toArray();
      boolean constant = dot(row, row) <= CONSTANT * CONSTANT * mean * mean * row.length;
      centred[i] = constant ? new double[row.length] : row;
    }
    return centred.length == 0 ? rows : Matrix.of(centred);
  }

  private static double[] means(Matrix rows) {
    return IntStream.range(0, rows.rows())
        .mapToDouble(i -> Arrays.stream(rows.row(i)).average().orElse(0))
        .toArray();
  }

  private static int[] significant(SymmetricEigen eigen) {
    return IntStream.range(0, eigen.values().length())
        .filter(i -> eigen.values().get(i) > RANK_TOLERANCE * Math.abs(eigen.values().get(0)))
        .toArray();
  }
}
