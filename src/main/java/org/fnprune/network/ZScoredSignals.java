package org.fnprune.network;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.SymmetricEigen;
import org.fnprune.linalg.ZScore;

/**
 * Signals in memory, each z-scored over time.
 *
 * @param scores T × live, those that vary
 * @param live the signals that vary, ascending
 * @param mean of every signal, 1 × N
 * @param deviation of every signal, 1 × N
 */
record ZScoredSignals(Matrix scores, ImmutableIntArray live, Matrix mean, Matrix deviation) {

  /** Z-scores the columns of {@code signals} (T × N); those that are constant drop out. */
  static ZScoredSignals of(Matrix signals) {
    Matrix columns = signals.transposed();
    int n = columns.rows();
    double[] mean = new double[n];
    double[] deviation = new double[n];
    double[][] scores = new double[n][];
    ImmutableIntArray.Builder live = ImmutableIntArray.builder();
    for (int j = 0; j < n; j++) {
      double[] x = columns.row(j);
      double average = Arrays.stream(x).average().orElse(0);
      mean[j] = average;
      deviation[j] =
          Math.sqrt(Arrays.stream(x).map(v -> (v - average) * (v - average)).average().orElse(0));
      scores[j] = ZScore.of(x);
      if (Arrays.stream(scores[j]).anyMatch(z -> z != 0)) {
        live.add(j);
      }
    }
    ImmutableIntArray varying = live.build();
    return new ZScoredSignals(
        Matrix.of(scores).selectRows(varying.toArray()).transposed(),
        varying,
        Matrix.of(1, n, mean),
        Matrix.of(1, n, deviation));
  }

  /** T, the number of time points. */
  int times() {
    return scores.rows();
  }

  /** The leading principal axes, from the smaller of the two Gram matrices, N × N and T × T. */
  PrincipalAxes axes(int components) {
    SymmetricEigen eigen = times() < live.length() ? byTimes(components) : bySignals(components);
    return PrincipalAxes.significant(mean, deviation, live, eigen.values(), eigen.vectors());
  }

  private SymmetricEigen bySignals(int components) {
    Matrix rows = scores.transposed();
    return SymmetricEigen.top(
        rows.timesTransposed(rows).scaled(1.0 / times()), Math.min(components, rows.rows()));
  }

  /**
   * Of Z Zᵀ/T = P Λ Pᵀ, Z T × N, follow the eigenvectors of ZᵀZ/T of the same eigenvalues: Zᵀ P
   * (TΛ)^(−1/2), the entry of largest magnitude made positive. Those of vanishing eigenvalues are
   * zero.
   */
  private SymmetricEigen byTimes(int components) {
    SymmetricEigen small =
        SymmetricEigen.top(
            scores.timesTransposed(scores).scaled(1.0 / times()), Math.min(components, times()));
    Matrix rows = small.vectors().transposed().times(scores);
    ImmutableDoubleArray values = small.values();
    double[] signs = new double[rows.rows()];
    for (int i = 0; i < signs.length; i++) {
      double[] row = rows.row(i);
      double length = Math.sqrt(times() * Math.max(values.get(i), Double.MIN_NORMAL));
      signs[i] = (row[FunctionalNetwork.peak(row)] < 0 ? -1 : 1) / length;
    }
    return new SymmetricEigen(values, Separated.signed(rows, signs).transposed());
  }

  /** White courses, T × k: the scores on the axes, over the roots of the eigenvalues. */
  Matrix courses(PrincipalAxes axes) {
    int[] all = IntStream.range(0, axes.components()).toArray();
    double[] scale =
        Arrays.stream(all).mapToDouble(i -> 1 / Math.sqrt(axes.values().get(i))).toArray();
    return scores.times(Separated.signed(axes.vectors().transposed(), scale).transposed());
  }

  /** The scores of all N signals, T × N: 0 for those that do not vary. */
  Matrix all() {
    return NeuronMaps.spread(scores, live, mean.cols());
  }

  /** Effective number of time points: ρ is Σ cov(x_t, x_{t+1}) / Σ var(x), over signals. */
  EffectiveSamples effective() {
    double products = 0;
    double variances = 0;
    for (int j = 0; j < live.length(); j++) {
      double deviations = deviation.get(0, live.get(j));
      double sum = 0;
      for (int t = 0; t + 1 < times(); t++) {
        sum += scores.get(t, j) * scores.get(t + 1, j);
      }
      products += deviations * deviations * sum / Math.max(1, times() - 1);
      variances += deviations * deviations;
    }
    return EffectiveSamples.of(times(), variances > 0 ? products / variances : 0);
  }
}
