package org.fnprune.network;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.SymmetricEigen;
import org.fnprune.linalg.Threads;
import org.fnprune.recipe.Networks;

/**
 * ICA of a given array: T time points × N signals, each z-scored over time.
 *
 * @param networks maps K × N, and what the decomposition says of itself
 * @param courses T × K; temporal: the independent components; spatial: least squares of the
 *     z-scored signals on the maps (the first half of dual regression)
 * @param mixing temporal: N × K, the correlations of the signals with the courses; spatial: T × K,
 *     the courses
 * @param unmixing temporal: K × N, of the z-scored signals into courses; spatial: K × T, the
 *     pseudo-inverse of the mixing
 */
public record SignalDecomposition(
    NetworkMaps networks, Matrix courses, Matrix mixing, Matrix unmixing) {

  private static final double RANK_TOLERANCE = 1e-12;

  /**
   * Decomposes. Native calls have one thread each, as in {@link NetworkFinder}: the result is the
   * same bits for any number of threads.
   *
   * @param signals T × N
   * @param options shards are runs of time points of nearly equal length
   * @param start K × N maps (spatial) or T × K courses (temporal) to start from, in place of seeded
   *     restarts; whatever the whitening is, W₀ = S₀ Xᵀ / samples
   * @param seed of all starts
   * @throws UsageException when a value is not finite, when the start does not fit, or when groups
   *     are wanted that an array does not have
   */
  public static SignalDecomposition of(
      Matrix signals, Networks options, Optional<Matrix> start, long seed) {
    return Threads.single(() -> decompose(signals, options, start, seed));
  }

  private static SignalDecomposition decompose(
      Matrix signals, Networks options, Optional<Matrix> start, long seed) {
    requireUsable(signals);
    boolean temporal = options.method() == Networks.Method.TEMPORAL_ICA;
    start.ifPresent(given -> requireFits(given, signals, temporal));
    List<ZScoredSignals> groups = groups(signals, options, start);
    ZScoredSignals whole = groups.size() == 1 ? groups.get(0) : ZScoredSignals.of(signals);
    ComponentCount components = components(whole, options);
    int k = components.count();
    boolean separate = options.grouping() == Networks.Grouping.SEPARATE;
    ImmutableDoubleArray reproducibility = ImmutableDoubleArray.of();
    List<Separated> found = new ArrayList<>();
    List<Matrix> correlations = new ArrayList<>();
    List<Matrix> unmixing = new ArrayList<>();
    if (temporal) {
      for (ZScoredSignals group : separate ? groups : List.of(whole)) {
        PrincipalAxes axes = group.axes(k);
        Separated one =
            TemporalIca.decompose(axes, group.courses(axes), options.ica(), start, seed);
        found.add(one);
        correlations.add(spread(axes, TemporalIca.correlations(axes, one.unmixing())));
        unmixing.add(spread(axes, toCourses(axes, one.unmixing())));
      }
    } else {
      List<PrincipalAxes> axes = groups.stream().map(group -> group.axes(k)).toList();
      List<SharedDirections> directions =
          separate
              ? axes.stream().map(SharedDirections::of).toList()
              : List.of(SharedDirections.of(axes, k));
      reproducibility = separate ? reproducibility : directions.get(0).reproducibility();
      directions.forEach(d -> found.add(SpatialIca.decompose(d, options.ica(), start, seed)));
    }
    NetworkMaps networks =
        NetworkMaps.of(signals.cols(), false, components, found, reproducibility);
    return temporal ? temporal(networks, whole, correlations, unmixing) : spatial(networks, whole);
  }

  private static SignalDecomposition temporal(
      NetworkMaps networks,
      ZScoredSignals signals,
      List<Matrix> correlations,
      List<Matrix> unmixing) {
    Matrix toCourses = NeuronMaps.stacked(unmixing, networks.width());
    return new SignalDecomposition(
        networks,
        signals.all().timesTransposed(toCourses),
        NeuronMaps.stacked(correlations, networks.width()).transposed(),
        toCourses);
  }

  private static SignalDecomposition spatial(NetworkMaps networks, ZScoredSignals signals) {
    Matrix courses = signals.all().times(pseudoInverse(networks.maps()));
    return new SignalDecomposition(networks, courses, courses, pseudoInverse(courses));
  }

  private static Matrix spread(PrincipalAxes axes, Matrix rows) {
    return NeuronMaps.spread(rows, axes.live(), axes.width());
  }

  /** W Λ^(−1/2) Uᵀ, k × live. */
  private static Matrix toCourses(PrincipalAxes axes, Matrix unmixing) {
    return Matrix.tabulate(
            unmixing.rows(),
            unmixing.cols(),
            (i, j) -> unmixing.get(i, j) / Math.sqrt(axes.values().get(j)))
        .timesTransposed(axes.vectors());
  }

  /** M⁺, cols × rows, from the eigendecomposition of the smaller of MMᵀ and MᵀM. */
  static Matrix pseudoInverse(Matrix matrix) {
    if (matrix.rows() > matrix.cols()) {
      return pseudoInverse(matrix.transposed()).transposed();
    }
    SymmetricEigen eigen = SymmetricEigen.of(matrix.timesTransposed(matrix));
    Matrix vectors = eigen.vectors();
    Matrix scaled =
        Matrix.tabulate(
            vectors.rows(),
            vectors.cols(),
            (i, j) -> {
              double value = eigen.values().get(j);
              return value > RANK_TOLERANCE * eigen.values().get(0) ? vectors.get(i, j) / value : 0;
            });
    return matrix.transposed().times(scaled.timesTransposed(vectors));
  }

  private static ComponentCount components(ZScoredSignals signals, Networks options) {
    if (options.components() instanceof Networks.Components.Estimated estimated) {
      return ComponentCount.estimated(
          estimated.by(), Spectrum.of(signals.axes(signals.live().length())), signals.effective());
    }
    return ComponentCount.given(
        ((Networks.Components.Fixed) options.components()).count(), signals.times());
  }

  private static List<ZScoredSignals> groups(
      Matrix signals, Networks options, Optional<Matrix> start) {
    if (!(options.groups() instanceof Networks.Groups.Shards shards)) {
      throw new UsageException(
          "an array of signals has no datasets or fields to be grouped by",
          "give a number of shards of time points: groups: 4");
    }
    int count = shards.count();
    if (count > signals.rows()) {
      throw new UsageException(
          count + " groups of " + signals.rows() + " time points",
          "lower groups to " + signals.rows() + " or less");
    }
    if (count > 1 && start.isPresent() && options.grouping() == Networks.Grouping.SEPARATE) {
      throw new UsageException(
          "a start is for one decomposition, but " + count + " groups are decomposed separately",
          "leave the start out, or use grouping: stacked");
    }
    ImmutableList.Builder<ZScoredSignals> groups = ImmutableList.builder();
    for (int g = 0; g < count; g++) {
      int from = (int) ((long) signals.rows() * g / count);
      int to = (int) ((long) signals.rows() * (g + 1) / count);
      groups.add(ZScoredSignals.of(signals.selectRows(IntStream.range(from, to).toArray())));
    }
    return groups.build();
  }

  private static void requireUsable(Matrix signals) {
    if (signals.rows() == 0 || signals.cols() == 0) {
      throw new UsageException(
          "there are no signals in an array of " + signals.rows() + " × " + signals.cols(),
          "give an array of time points × signals");
    }
    for (int t = 0; t < signals.rows(); t++) {
      for (int j = 0; j < signals.cols(); j++) {
        if (!Double.isFinite(signals.get(t, j))) {
          throw new UsageException(
              "signal " + j + " is " + signals.get(t, j) + " at time point " + t,
              "replace or leave out values that are not finite");
        }
      }
    }
  }

  private static void requireFits(Matrix start, Matrix signals, boolean temporal) {
    boolean fits = temporal ? start.rows() == signals.rows() : start.cols() == signals.cols();
    if (!fits || !start.isFinite()) {
      throw new UsageException(
          "the start is "
              + start.rows()
              + " × "
              + start.cols()
              + (start.isFinite() ? "" : " with values that are not finite")
              + " but the signals are "
              + signals.rows()
              + " × "
              + signals.cols(),
          temporal
              ? "give time points × components of initial courses"
              : "give components × signals of initial maps");
    }
  }
}
