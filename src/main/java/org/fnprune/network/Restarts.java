package org.fnprune.network;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.Longs;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Parallel;
import org.fnprune.linalg.Threads;
import org.fnprune.linalg.ZScore;
import org.fnprune.recipe.Networks;

/**
 * FastICA from several starts on the same white signals, and which result is kept.
 *
 * <ul>
 *   <li>sparsest: of the runs that converged (of all, if none did) the one with the smallest
 *       maximal L1 norm of its components, as nilearn's CanICA
 *   <li>centrotypes: of every cluster over all runs its most central member, most stable first
 *       ({@link Icasso})
 * </ul>
 *
 * Either way each component gets the stability of its cluster. Runs go side by side, one native
 * thread each: the result is the same, bit by bit, for any number of threads.
 */
final class Restarts {

  /** M unmixing rows need M² similarities: 2 GiB. */
  private static final int MOST_ROWS = 1 << 14;

  private Restarts() {}

  /**
   * What was kept.
   *
   * @param unmixing W, k × k, rows of unit length: W X are the components
   */
  record Kept(Matrix unmixing, NetworkMaps.Summary summary) {}

  /** One start's outcome. */
  private record Run(FastIca.Result ica, long seed, double norm) {}

  /**
   * Runs from seeded Gaussian starts.
   *
   * @param white k × samples, k ≥ 1
   * @param seed each start's own seed is drawn from it
   * @throws UsageException when centrotypes are wanted of more rows than can be clustered
   */
  static Kept run(Matrix white, Networks.Ica options, long seed) {
    int k = white.rows();
    int rows = Math.multiplyExact(options.restarts(), k);
    boolean clustered = options.restarts() > 1 && rows <= MOST_ROWS;
    if (options.keep() == Networks.Keep.CENTROTYPES && rows > MOST_ROWS) {
      throw new UsageException(
          options.restarts() + " restarts of " + k + " components are too many to cluster",
          "lower restarts to " + Math.max(1, MOST_ROWS / k) + ", or keep: sparsest");
    }
    long[] seeds = new SplittableRandom(seed).longs(options.restarts()).toArray();
    List<Run> runs =
        Threads.single(
            () ->
                Parallel.map(
                    Threads.get(), Longs.asList(seeds), start -> once(white, options, start)));
    Optional<Icasso> icasso =
        clustered ? Optional.of(Icasso.of(stacked(runs), k)) : Optional.empty();
    return options.keep() == Networks.Keep.CENTROTYPES && icasso.isPresent()
        ? centrotypes(white, runs, icasso.get(), seed)
        : sparsest(white, runs, icasso);
  }

  /** One run from a given start, k × k; {@code seed} is for the record. */
  static Kept from(Matrix white, Matrix start, Networks.Ica options, long seed) {
    Run run = new Run(FastIca.run(white, start, FastIca.Settings.of(options)), seed, 0);
    return sparsest(white, ImmutableList.of(run), Optional.empty());
  }

  private static Run once(Matrix white, Networks.Ica options, long seed) {
    Matrix start = FastIca.gaussianStart(white.rows(), seed);
    FastIca.Result ica = FastIca.run(white, start, FastIca.Settings.of(options));
    return new Run(ica, seed, largestNorm(ica.unmixing(), white));
  }

  /** max over components of Σ|z|: small when every one is carried by few samples. */
  private static double largestNorm(Matrix unmixing, Matrix white) {
    double largest = 0;
    for (int i = 0; i < unmixing.rows(); i++) {
      double norm = Arrays.stream(component(unmixing, white, i)).map(Math::abs).sum();
      largest = Math.max(largest, norm);
    }
    return largest;
  }

  private static Kept sparsest(Matrix white, List<Run> runs, Optional<Icasso> icasso) {
    Run best =
        Collections.min(
            runs,
            Comparator.comparing((Run run) -> !run.ica().converged())
                .thenComparingDouble(Run::norm));
    int first = runs.indexOf(best) * white.rows();
    int[] rows = IntStream.range(first, first + white.rows()).toArray();
    return kept(
        white,
        best.ica().unmixing(),
        best.ica().iterations(),
        best.ica().converged(),
        runs.size(),
        best.seed(),
        icasso.map(found -> qualities(found, rows)));
  }

  private static Kept centrotypes(Matrix white, List<Run> runs, Icasso icasso, long seed) {
    int[] rows =
        IntStream.range(0, white.rows())
            .boxed()
            .sorted(Comparator.comparingDouble(c -> -icasso.quality().get(c)))
            .mapToInt(icasso.centrotypes()::get)
            .toArray();
    return kept(
        white,
        stacked(runs).selectRows(rows),
        runs.stream().mapToInt(run -> run.ica().iterations()).max().orElse(0),
        runs.stream().allMatch(run -> run.ica().converged()),
        runs.size(),
        seed,
        Optional.of(qualities(icasso, rows)));
  }

  private static Kept kept(
      Matrix white,
      Matrix unmixing,
      int iterations,
      boolean converged,
      int restarts,
      long seed,
      Optional<ImmutableDoubleArray> stability) {
    return new Kept(
        unmixing,
        new NetworkMaps.Summary(
            unmixing.rows(),
            iterations,
            converged,
            restarts,
            seed,
            stability,
            negentropy(unmixing, white)));
  }

  /** Of each component, one at a time: there may be many samples. */
  private static ImmutableDoubleArray negentropy(Matrix unmixing, Matrix white) {
    return ImmutableDoubleArray.copyOf(
        IntStream.range(0, unmixing.rows())
            .mapToDouble(i -> NonNormality.negentropy(component(unmixing, white, i))));
  }

  /** One component, z-scored. */
  private static double[] component(Matrix unmixing, Matrix white, int index) {
    return ZScore.of(unmixing.selectRows(new int[] {index}).times(white).row(0));
  }

  private static ImmutableDoubleArray qualities(Icasso icasso, int[] rows) {
    return ImmutableDoubleArray.copyOf(
        Arrays.stream(rows).mapToDouble(row -> icasso.quality().get(icasso.labels().get(row))));
  }

  /** All runs' unmixing rows, below each other. */
  private static Matrix stacked(List<Run> runs) {
    return Matrix.of(
        runs.stream()
            .map(run -> run.ica().unmixing())
            .flatMap(w -> IntStream.range(0, w.rows()).mapToObj(w::row))
            .toArray(double[][]::new));
  }
}
