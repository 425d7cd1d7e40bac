package org.fnprune.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.fnprune.capture.MomentsStore;
import org.fnprune.capture.SampleMoments;
import org.fnprune.common.Progress;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Threads;
import org.fnprune.linalg.ZScore;
import org.fnprune.recipe.Networks;
import org.fnprune.recipe.Networks.Grouping;
import org.fnprune.recipe.Networks.Method;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SignalDecompositionTest {

  @Test
  void spatialNetworksAreThoseOfTheMoments() {
    Matrix signals = signals(300, 40);
    MomentsStore store = MomentsStore.of(ImmutableMap.of("u", SampleMoments.of(signals)));

    SignalDecomposition found = decompose(signals, Methods.of(Method.SPATIAL_ICA, 3));

    NetworkMaps captured =
        Objects.requireNonNull(
            NetworkFinder.find(
                    ImmutableList.of(CalibrationGroup.of(store)),
                    Networks.of(3),
                    1,
                    Long.MAX_VALUE,
                    Progress.NONE)
                .get("u"));
    Matrices.assertClose(found.networks().maps(), captured.maps(), 1e-6);
    assertThat(found.networks().seed()).isEqualTo(captured.seed());
  }

  /** Noise does not converge, so that a rounding error of the axes would show. */
  @ParameterizedTest
  @EnumSource(Method.class)
  void theNumberOfThreadsDoesNotMatter(Method method) {
    Matrix noise = Matrices.gaussian(900, 400, 1);
    int before = Threads.get();
    try {
      Threads.set(1);
      SignalDecomposition alone = decompose(noise, Methods.of(method, 20));
      Threads.set(2);
      assertThat(decompose(noise, Methods.of(method, 20))).isEqualTo(alone);
    } finally {
      Threads.set(before);
    }
  }

  /** With fewer time points than signals the axes come from T × T. */
  @Test
  void bothGramMatricesGiveTheSameAxes() {
    Matrix wide = signals(25, 60);
    PrincipalAxes small = ZScoredSignals.of(wide).axes(10);
    PrincipalAxes large = PrincipalAxes.of(SampleMoments.of(wide), 10);

    assertThat(small.values().toArray()).containsExactly(large.values().toArray(), within(1e-9));
    Matrices.assertClose(small.vectors(), large.vectors(), 1e-7);
    assertThat(ZScoredSignals.of(wide).axes(100).components()).isEqualTo(24);
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void signalsOfThatRankAreMadeUpAgain(Method method) {
    Matrix signals = sparse(200, 4, 1).times(sparse(4, 30, 2));

    SignalDecomposition found = decompose(signals, Methods.of(method, 4));

    Matrix scores = ZScoredSignals.of(signals).all();
    Matrix again =
        method == Method.TEMPORAL_ICA
            ? found.courses().timesTransposed(found.mixing())
            : found.courses().times(found.networks().maps());
    Matrix centred = method == Method.TEMPORAL_ICA ? scores : Whitening.centred(scores);
    Matrices.assertClose(again, centred, 1e-9);
    Matrices.assertClose(found.unmixing().times(found.mixing()), Matrix.identity(4), 1e-9);
  }

  @Test
  void temporalCoursesAreTheUnmixedSignalsAndTheMapsTheirCorrelations() {
    Matrix signals = signals(500, 20);

    SignalDecomposition found = decompose(signals, Methods.of(Method.TEMPORAL_ICA, 3));

    Matrix courses = found.courses();
    Matrices.assertClose(
        courses, ZScoredSignals.of(signals).all().timesTransposed(found.unmixing()), 1e-10);
    Matrices.assertClose(
        courses.transposed().times(courses).scaled(1.0 / 500), Matrix.identity(3), 1e-9);
    Matrix correlations =
        ZScoredSignals.of(signals).all().transposed().times(courses).scaled(1.0 / 500);
    Matrices.assertClose(found.mixing(), correlations, 1e-9);
    for (int i = 0; i < 3; i++) {
      double[] map = ZScore.of(found.mixing().transposed().row(i));
      assertThat(found.networks().maps().row(i)).containsExactly(map, within(1e-12));
    }
  }

  /** A start says which component comes where, whatever the whitening. */
  @ParameterizedTest
  @EnumSource(Method.class)
  void aStartNearTheResultGivesItBackInOrderAndSign(Method method) {
    Matrix signals = signals(400, 50);
    Networks options = Methods.of(method, 3);
    SignalDecomposition found = decompose(signals, options);
    Matrix result =
        method == Method.TEMPORAL_ICA ? found.courses().transposed() : found.networks().maps();
    Matrix turned = result.selectRows(new int[] {2, 0, 1});
    Matrix start = method == Method.TEMPORAL_ICA ? turned.transposed() : turned;

    SignalDecomposition again = SignalDecomposition.of(signals, options, Optional.of(start), 7);

    Matrices.assertClose(
        again.networks().maps(), found.networks().maps().selectRows(new int[] {2, 0, 1}), 0.02);
    assertThat(again.networks().restarts()).isEqualTo(1);
    assertThat(again.networks().stability()).isEmpty();
    assertThat(again.networks().seed()).isEqualTo(7);
    assertThat(again.networks().iterations()).isLessThanOrEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void constantSignalsGetZero(Method method) {
    Matrix some = signals(100, 12);
    Matrix signals = Matrix.tabulate(100, 14, (t, j) -> j < 2 ? 5.5 * j : some.get(t, j - 2));

    SignalDecomposition with = decompose(signals, Methods.of(method, 3));
    SignalDecomposition without = decompose(some, Methods.of(method, 3));

    Matrix rest = with.networks().maps().selectCols(IntStream.range(2, 14).toArray());
    Matrices.assertClose(rest, without.networks().maps(), 1e-9);
    assertThat(with.networks().maps().selectCols(new int[] {0, 1})).isEqualTo(Matrix.zeros(3, 2));
    Matrices.assertClose(with.courses(), without.courses(), 1e-9);
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void nothingThatVariesIsNoNetworkNotAnError(Method method) {
    for (Matrix signals : new Matrix[] {Matrix.zeros(20, 5), Matrices.gaussian(1, 5, 1)}) {
      SignalDecomposition found = decompose(signals, Methods.of(method, 3));
      assertThat(found.networks().networks()).isZero();
      assertThat(found.courses()).isEqualTo(Matrix.zeros(signals.rows(), 0));
      assertThat(found.networks().complaints()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void shardsAreGroups(Method method) {
    Matrix signals = signals(300, 20);

    SignalDecomposition separate = decompose(signals, Methods.of(method, 3, 2, Grouping.SEPARATE));
    SignalDecomposition stacked = decompose(signals, Methods.of(method, 3, 2, Grouping.STACKED));

    assertThat(separate.networks().networks()).isEqualTo(6);
    assertThat(separate.courses()).hasToString("Matrix 300 × 6");
    assertThat(stacked.networks().networks()).isEqualTo(3);
    Matrix first = signals.selectRows(IntStream.range(0, 150).toArray());
    assertThat(separate.networks().maps().selectRows(new int[] {0, 1, 2}))
        .isEqualTo(decompose(first, Methods.of(method, 3)).networks().maps());
  }

  @Test
  void componentsAreEstimatedFromEffectiveTimePoints() {
    Networks pesel =
        Methods.with(Networks.of(1), new Networks.Components.Estimated(Networks.Estimator.PESEL));
    SplittableRandom random = new SplittableRandom(5);
    Matrix loadings = Matrix.tabulate(2, 25, (i, j) -> random.nextBoolean() ? 1 : -1);
    Matrix signals =
        Matrices.gaussian(1000, 2, 1).times(loadings).plus(Matrices.gaussian(1000, 25, 2));

    ComponentCount count = decompose(signals, pesel).networks().components();

    assertThat(count.count()).isEqualTo(2);
    assertThat(count.estimate().orElseThrow().samples().count()).isCloseTo(1000, within(10.0));
  }

  @Test
  void badInputIsRefusedWithItsPlace() {
    Matrix broken = Matrix.tabulate(9, 4, (t, j) -> t == 5 && j == 2 ? Double.NaN : t * j);
    refused(broken, Networks.of(2), Optional.empty(), "signal 2 is NaN at time point 5");
    Matrix fine = signals(30, 6);
    refused(fine, Networks.of(2), Optional.of(Matrix.zeros(2, 5)), "the start is 2 × 5");
    refused(
        fine,
        Methods.of(Method.TEMPORAL_ICA, 2),
        Optional.of(Matrix.zeros(29, 2)),
        "the start is 29 × 2");
    refused(
        fine,
        Networks.of(3),
        Optional.of(Matrices.gaussian(2, 6, 1)),
        "the start has 2 components");
    refused(
        fine,
        Methods.of(Method.SPATIAL_ICA, 2, 31, Grouping.STACKED),
        Optional.empty(),
        "31 groups of 30 time points");
    refused(Matrix.zeros(0, 4), Networks.of(2), Optional.empty(), "0 × 4");
  }

  private static void refused(
      Matrix signals, Networks options, Optional<Matrix> start, String message) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> SignalDecomposition.of(signals, options, start, 1))
        .withMessageContaining(message);
  }

  private static SignalDecomposition decompose(Matrix signals, Networks options) {
    return SignalDecomposition.of(signals, options, Optional.empty(), 1);
  }

  /** Three sparse courses on three sparse maps, in noise. */
  private static Matrix signals(int times, int signals) {
    return sparse(times, 3, 11)
        .times(sparse(3, signals, 12))
        .plus(Matrices.gaussian(times, signals, 13).scaled(0.1));
  }

  private static Matrix sparse(int rows, int cols, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return Matrix.tabulate(rows, cols, (i, j) -> Math.pow(random.nextGaussian(), 3));
  }
}
