package org.fnprune.network;

import com.google.common.primitives.ImmutableIntArray;
import com.google.common.primitives.Longs;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.fnprune.capture.LiveNeurons;
import org.fnprune.capture.Moments;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Parallel;
import org.fnprune.linalg.Threads;
import org.fnprune.linalg.ZScore;
import org.fnprune.recipe.Networks;

/**
 * Spatial ICA of one unit: networks whose maps over neurons are independent (arXiv 2508.05239, with
 * nilearn's CanICA rule for restarts).
 *
 * <ol>
 *   <li>R = correlation matrix of the neurons that vary; its top k eigenvectors are, as rows, k
 *       signals over neurons
 *   <li>centre and whiten them
 *   <li>FastICA from seeded Gaussian starts; of the runs that converged (of all, if none did) keep
 *       the one with the smallest maximal L1 norm: the sparsest
 *   <li>z-score each map over neurons and turn its peak positive; neurons that never vary get 0
 * </ol>
 */
public final class SpatialIca {

  private SpatialIca() {}

  /** One start's outcome. */
  private record Run(Matrix maps, FastIca.Result ica, long seed) {}

  /**
   * Finds the networks of a unit. No neuron that varies, no networks: the maps are then 0 × d.
   *
   * @param seed of all starts; each start's own seed is drawn from it
   * @throws org.fnprune.common.UsageException when a moment is not finite, naming the neuron
   */
  public static NetworkMaps decompose(Moments moments, Networks options, long seed) {
    int wanted = wanted(options);
    if (wanted < 1 || options.ica().restarts() < 1) {
      throw new IllegalArgumentException("components and restarts must be positive: " + options);
    }
    ImmutableIntArray live = LiveNeurons.of(moments);
    Matrix white = Whitening.principalMaps(correlation(moments, live), wanted);
    if (white.rows() == 0) {
      return new NetworkMaps(Matrix.zeros(0, moments.width()), 0, true, 0, seed, wanted);
    }
    Run best = sparsest(white, options, seed);
    return new NetworkMaps(
        spread(best.maps(), live, moments.width()),
        best.ica().iterations(),
        best.ica().converged(),
        options.ica().restarts(),
        best.seed(),
        wanted);
  }

  private static int wanted(Networks options) {
    if (options.components() instanceof Networks.Components.Fixed fixed) {
      return fixed.count();
    }
    throw new UnsupportedOperationException("estimated components");
  }

  /** R of the neurons {@code live}. */
  static Matrix correlation(Moments moments, ImmutableIntArray live) {
    Matrix covariance = moments.covariance();
    double[] variance = covariance.diagonal();
    return Matrix.tabulate(
        live.length(),
        live.length(),
        (i, j) ->
            covariance.get(live.get(i), live.get(j))
                / Math.sqrt(variance[live.get(i)] * variance[live.get(j)]));
  }

  /** The restarts run side by side, one native thread each; of equals the first one wins. */
  private static Run sparsest(Matrix white, Networks options, long seed) {
    long[] seeds = new SplittableRandom(seed).longs(options.ica().restarts()).toArray();
    List<Run> runs =
        Threads.single(
            () ->
                Parallel.map(
                    Threads.get(),
                    Longs.asList(seeds),
                    start -> run(white, options.ica().nonlinearity(), start)));
    return Collections.min(
        runs,
        Comparator.comparing((Run run) -> !run.ica().converged())
            .thenComparingDouble(run -> largestNorm(run.maps())));
  }

  private static Run run(Matrix white, Networks.Nonlinearity nonlinearity, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int k = white.rows();
    Matrix start = Matrix.tabulate(k, k, (i, j) -> random.nextGaussian());
    FastIca.Result ica = FastIca.run(white, start, FastIca.Settings.of(nonlinearity));
    return new Run(standardised(ica.unmixing().times(white)), ica, seed);
  }

  /** Rows of zero mean and unit variance whose entry of largest magnitude is positive. */
  private static Matrix standardised(Matrix maps) {
    double[][] rows = new double[maps.rows()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = ZScore.of(maps.row(i));
      if (rows[i][FunctionalNetwork.peak(rows[i])] < 0) {
        for (int j = 0; j < rows[i].length; j++) {
          rows[i][j] = -rows[i][j];
        }
      }
    }
    return Matrix.of(rows);
  }

  /** max over rows of Σ|z|: small when every map is carried by few neurons. */
  private static double largestNorm(Matrix maps) {
    double largest = 0;
    for (int i = 0; i < maps.rows(); i++) {
      double norm = 0;
      for (int j = 0; j < maps.cols(); j++) {
        norm += Math.abs(maps.get(i, j));
      }
      largest = Math.max(largest, norm);
    }
    return largest;
  }

  private static Matrix spread(Matrix maps, ImmutableIntArray live, int width) {
    double[] values = new double[Math.multiplyExact(maps.rows(), width)];
    for (int i = 0; i < maps.rows(); i++) {
      for (int j = 0; j < live.length(); j++) {
        values[i * width + live.get(j)] = maps.get(i, j);
      }
    }
    return Matrix.of(maps.rows(), width, values);
  }
}
