package org.fnprune.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.fnprune.capture.MomentsStore;
import org.fnprune.capture.Projection;
import org.fnprune.capture.Projector;
import org.fnprune.capture.SampleMoments;
import org.fnprune.common.Progress;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.ZScore;
import org.fnprune.recipe.Networks;
import org.fnprune.recipe.Networks.Grouping;
import org.fnprune.recipe.Networks.Method;
import org.junit.jupiter.api.Test;

class TemporalIcaTest {

  private static final int NEURONS = 30;
  private static final Matrix LOADINGS = Matrices.gaussian(3, NEURONS, 4);

  @Test
  void mapsAreTheCorrelationsOfThePlantedCoursesWithEveryNeuron() {
    Matrix courses = courses(6000, 1);
    Matrix samples = samples(courses, 2);

    NetworkMaps found = find(Methods.of(Method.TEMPORAL_ICA, 3), samples);

    assertThat(found.converged()).isTrue();
    Matrix expected = correlations(courses, samples);
    Matrix match = Matrices.rowCorrelations(expected, found.maps());
    int[] best = IntStream.range(0, 3).map(i -> FunctionalNetwork.peak(match.row(i))).toArray();
    assertThat(best).containsExactlyInAnyOrder(0, 1, 2);
    for (int i = 0; i < 3; i++) {
      assertThat(Math.abs(match.get(i, best[i]))).isGreaterThan(0.995);
    }
  }

  @Test
  void mapsAreZScoredWithTheirPeakPositiveAndZeroWhereNothingVaries() {
    Matrix some = samples(courses(2000, 3), 4);
    Matrix samples =
        Matrix.tabulate(2000, NEURONS + 1, (t, j) -> j == NEURONS ? 7 : some.get(t, j));

    Matrix maps = find(Methods.of(Method.TEMPORAL_ICA, 4), samples).maps();

    for (int i = 0; i < 4; i++) {
      double[] map = maps.row(i);
      assertThat(map[NEURONS]).isZero();
      double[] live = Arrays.copyOf(map, NEURONS);
      assertThat(ZScore.of(live)).containsExactly(live, within(1e-12));
      assertThat(map[FunctionalNetwork.peak(map)]).isPositive();
    }
  }

  @Test
  void coursesAreWhiteWithoutALookAtThem() {
    Matrix samples = samples(courses(500, 5), 6);
    PrincipalAxes axes = PrincipalAxes.of(SampleMoments.of(samples), 7);

    Matrix courses = project(samples, axes.whitening());

    Matrices.assertClose(
        courses.transposed().times(courses).scaled(1.0 / 500), Matrix.identity(7), 1e-10);
    Matrix ones = Matrix.tabulate(1, 500, (i, j) -> 1);
    Matrices.assertClose(ones.times(courses), Matrix.zeros(1, 7), 1e-9);
  }

  /** W Λ^(1/2) Uᵀ is the correlation of the components with the neurons. */
  @Test
  void mixingRowsAreCorrelations() {
    Matrix samples = samples(courses(800, 7), 8);
    PrincipalAxes axes = PrincipalAxes.of(SampleMoments.of(samples), 3);
    Matrix courses = project(samples, axes.whitening());
    Restarts.Kept kept = Restarts.run(courses.transposed(), Networks.Ica.DEFAULT, 1);

    Matrices.assertClose(
        TemporalIca.correlations(axes, kept.unmixing()),
        correlations(courses.timesTransposed(kept.unmixing()), samples),
        1e-10);
  }

  @Test
  void stackedGroupsAreOneConcatenation() {
    Matrix samples = samples(courses(3000, 9), 10);
    Matrix first = samples.selectRows(IntStream.range(0, 1000).toArray());
    Matrix second = samples.selectRows(IntStream.range(1000, 3000).toArray());
    Networks options = Methods.of(Method.TEMPORAL_ICA, 3, 2, Grouping.STACKED);

    NetworkMaps together = find(options, first, second);

    assertThat(together.summaries()).hasSize(1);
    Matrices.assertClose(together.maps(), find(options, samples).maps(), 1e-6);
  }

  @Test
  void separateGroupsAreEachDecomposed() {
    Matrix samples = samples(courses(3000, 9), 10);
    Matrix first = samples.selectRows(IntStream.range(0, 1000).toArray());
    Matrix second = samples.selectRows(IntStream.range(1000, 3000).toArray());
    Networks options = Methods.of(Method.TEMPORAL_ICA, 3, 2, Grouping.SEPARATE);

    NetworkMaps both = find(options, first, second);

    assertThat(both.maps().selectRows(new int[] {0, 1, 2})).isEqualTo(find(options, first).maps());
    assertThat(both.maps().selectRows(new int[] {3, 4, 5})).isEqualTo(find(options, second).maps());
  }

  @Test
  void allSignalsThatFitAreProjectedInOnePass() {
    Matrix samples = samples(courses(300, 1), 2);
    AtomicInteger passes = new AtomicInteger();
    Projector counting =
        projections -> {
          passes.incrementAndGet();
          return projected(samples, projections);
        };
    MomentsStore store =
        MomentsStore.of(
            ImmutableMap.of(
                "a", SampleMoments.of(samples),
                "silent", SampleMoments.of(Matrix.zeros(300, 5)),
                "b", SampleMoments.of(samples)));

    ImmutableMap<String, NetworkMaps> found =
        NetworkFinder.find(
            ImmutableList.of(new CalibrationGroup(store, counting)),
            Methods.of(Method.TEMPORAL_ICA, 3),
            1,
            Long.MAX_VALUE,
            Progress.NONE);

    assertThat(found.keySet()).containsExactly("a", "silent", "b");
    assertThat(passes).hasValue(1);
    assertThat(Objects.requireNonNull(found.get("silent")).networks()).isZero();
    assertThat(found.get("a")).isEqualTo(found.get("b"));
  }

  @Test
  void projectionsThatAreNotFiniteNameTheUnit() {
    Matrix samples = samples(courses(300, 1), 2);
    Projector broken =
        projections -> ImmutableMap.of("u", Matrix.tabulate(300, 3, (i, j) -> Double.NaN));
    CalibrationGroup group =
        new CalibrationGroup(
            MomentsStore.of(ImmutableMap.of("u", SampleMoments.of(samples))), broken);

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(
            () ->
                NetworkFinder.find(
                    ImmutableList.of(group),
                    Methods.of(Method.TEMPORAL_ICA, 3),
                    1,
                    Long.MAX_VALUE,
                    Progress.NONE))
        .withMessageContaining("u: ");
  }

  private static NetworkMaps find(Networks options, Matrix... groups) {
    ImmutableList.Builder<CalibrationGroup> all = ImmutableList.builder();
    for (Matrix samples : groups) {
      all.add(
          new CalibrationGroup(
              MomentsStore.of(ImmutableMap.of("u", SampleMoments.of(samples))),
              projections -> projected(samples, projections)));
    }
    return Objects.requireNonNull(
        NetworkFinder.find(all.build(), options, 1, Long.MAX_VALUE, Progress.NONE).get("u"));
  }

  private static ImmutableMap<String, Matrix> projected(
      Matrix samples, Map<String, Projection> projections) {
    ImmutableMap.Builder<String, Matrix> courses = ImmutableMap.builder();
    projections.forEach((id, projection) -> courses.put(id, project(samples, projection)));
    return courses.buildOrThrow();
  }

  private static Matrix project(Matrix samples, Projection projection) {
    Matrix linear = samples.times(projection.directions());
    return Matrix.tabulate(
        linear.rows(), linear.cols(), (t, i) -> linear.get(t, i) + projection.offset().get(0, i));
  }

  /** Sparse courses, tokens × 3. */
  private static Matrix courses(int tokens, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return Matrix.tabulate(tokens, 3, (t, i) -> Math.pow(random.nextGaussian(), 3));
  }

  /** Tokens × neurons, on a scale and about a mean of each neuron's own. */
  private static Matrix samples(Matrix courses, long seed) {
    Matrix mixed = courses.times(LOADINGS);
    Matrix noise = Matrices.gaussian(courses.rows(), NEURONS, seed);
    return Matrix.tabulate(
        courses.rows(), NEURONS, (t, j) -> j + (1 + j % 3) * (mixed.get(t, j) + noise.get(t, j)));
  }

  /** Of every course with every neuron. */
  private static Matrix correlations(Matrix courses, Matrix samples) {
    return Matrices.rowCorrelations(courses.transposed(), samples.transposed());
  }
}
