package org.fnprune.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.fnprune.capture.Captured;
import org.fnprune.capture.Moments;
import org.fnprune.capture.MomentsStore;
import org.fnprune.capture.SampleMoments;
import org.fnprune.capture.Sketch;
import org.fnprune.common.Progress;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.SymmetricEigen;
import org.fnprune.linalg.Threads;
import org.fnprune.recipe.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GroupIcaTest {

  private static final int SIDE = 24;
  private static final int NEURONS = SIDE * SIDE;

  /**
   * nilearn's test of CanICA: four corners of a 24 × 24 slice, each half positive and half
   * negative, 8 subjects of 40 scans with courses of their own. Its components must correlate with
   * the planted ones as a permutation matrix to one decimal.
   */
  @ParameterizedTest
  @EnumSource(Networks.Nonlinearity.class)
  void plantedCornersComeBackFromEightSubjects(Networks.Nonlinearity nonlinearity) {
    ImmutableList.Builder<Captured> subjects = ImmutableList.builder();
    for (int s = 0; s < 8; s++) {
      subjects.add(SampleMoments.of(subject(s, 0.5)));
    }

    NetworkMaps found = find(subjects.build(), options(4, nonlinearity, Networks.Grouping.STACKED));

    assertThat(found.converged()).isTrue();
    Matrix match = Matrices.rowCorrelations(corners(), found.maps());
    int[] best = IntStream.range(0, 4).map(i -> FunctionalNetwork.peak(match.row(i))).toArray();
    assertThat(best).containsExactlyInAnyOrder(0, 1, 2, 3);
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        assertThat(Math.abs(match.get(i, j))).isCloseTo(j == best[i] ? 1 : 0, within(0.15));
      }
    }
    assertThat(found.reproducibility().length()).isEqualTo(4);
    assertThat(found.reproducibility().stream().min().orElseThrow()).isGreaterThan(0.8);
  }

  @Test
  void reproducibilityIsTheShareOfGroupsThatHaveADirection() {
    Matrix vectors = SymmetricEigen.of(gramOf(Matrices.gaussian(12, 12, 3))).vectors();
    PrincipalAxes first = axes(vectors.selectCols(new int[] {0, 1}));
    PrincipalAxes second = axes(vectors.selectCols(new int[] {2, 0}));
    PrincipalAxes third = axes(vectors.selectCols(new int[] {0, 2}));

    SharedDirections shared = SharedDirections.of(List.of(first, second, third), 3);

    assertThat(shared.reproducibility().toArray())
        .containsExactly(new double[] {1, 2.0 / 3, 1.0 / 3}, within(1e-12));
    Matrix expected = vectors.selectCols(new int[] {0, 2, 1});
    Matrix products = expected.transposed().times(shared.vectors());
    for (int i = 0; i < 3; i++) {
      assertThat(Math.abs(products.get(i, i))).isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void theOrderOfGroupsDoesNotChangeTheSharedSubspace() {
    List<PrincipalAxes> groups =
        IntStream.range(0, 5)
            .mapToObj(s -> PrincipalAxes.of(SampleMoments.of(subject(s, 2)), 4))
            .toList();
    List<PrincipalAxes> turned = IntStream.of(3, 0, 4, 2, 1).mapToObj(groups::get).toList();

    Matrix one = SharedDirections.of(groups, 4).vectors();
    Matrix other = SharedDirections.of(turned, 4).vectors();

    Matrices.assertClose(one.timesTransposed(one), other.timesTransposed(other), 1e-9);
    Matrices.assertClose(one.transposed().times(one), Matrix.identity(4), 1e-12);
  }

  @Test
  void neuronsThatVaryInOneGroupAloneTakePart() {
    Matrix quiet = subject(0, 1);
    Matrix half = Matrix.tabulate(40, NEURONS, (t, j) -> j % SIDE < SIDE / 2 ? 1 : quiet.get(t, j));
    PrincipalAxes a = PrincipalAxes.of(SampleMoments.of(half), 3);
    PrincipalAxes b = PrincipalAxes.of(SampleMoments.of(subject(1, 1)), 3);

    assertThat(a.live().length()).isEqualTo(NEURONS / 2);
    assertThat(SharedDirections.of(List.of(a, b), 3).live().length()).isEqualTo(NEURONS);
  }

  @ParameterizedTest
  @EnumSource(Networks.Grouping.class)
  void oneGroupIsBitByBitAsNoGrouping(Networks.Grouping grouping) {
    Moments moments = SampleMoments.of(subject(2, 1));
    Networks none = Networks.of(4);

    NetworkMaps one = find(List.of(moments), options(4, Networks.Nonlinearity.CUBE, grouping));

    assertThat(one).isEqualTo(find(List.of(moments), none));
    Separated alone =
        Threads.single(
            () ->
                SpatialIca.decompose(
                    SharedDirections.of(PrincipalAxes.of(moments, 4)),
                    none.ica(),
                    Optional.empty(),
                    1));
    assertThat(one.maps()).isEqualTo(alone.maps());
  }

  @Test
  void separateGroupsAllCount() {
    List<Moments> groups =
        List.of(SampleMoments.of(subject(0, 1)), SampleMoments.of(subject(1, 1)));
    Networks separate = options(3, Networks.Nonlinearity.CUBE, Networks.Grouping.SEPARATE);

    NetworkMaps both = find(groups, separate);

    assertThat(both.networks()).isEqualTo(6);
    assertThat(both.requested()).isEqualTo(6);
    assertThat(both.summaries()).hasSize(2);
    assertThat(both.stability().orElseThrow().length()).isEqualTo(6);
    assertThat(both.reproducibility().isEmpty()).isTrue();
    for (int g = 0; g < 2; g++) {
      Matrix alone = find(groups.subList(g, g + 1), separate).maps();
      assertThat(both.maps().selectRows(new int[] {3 * g, 3 * g + 1, 3 * g + 2})).isEqualTo(alone);
    }
  }

  @Test
  void pooledSketchesOfFullRankAreThePooledMoments() {
    Moments a = SampleMoments.of(Matrices.gaussian(70, 8, 1).times(Matrices.gaussian(8, 8, 2)));
    Matrix shifted = Matrices.gaussian(50, 8, 3);
    Moments b = SampleMoments.of(Matrix.tabulate(50, 8, (t, j) -> 2 * shifted.get(t, j) + j));

    PrincipalAxes exact = PrincipalAxes.of(Pool.of(a, b), 8);
    PrincipalAxes pooled = PrincipalAxes.of(Pool.of(sketch(a), sketch(b)), 8);
    PrincipalAxes mixed = PrincipalAxes.of(Pool.of(a, sketch(b)), 8);

    assertThat(pooled.values().toArray()).containsExactly(exact.values().toArray(), within(1e-9));
    Matrices.assertClose(
        absolute(pooled.vectors().transposed().times(exact.vectors())), Matrix.identity(8), 1e-9);
    Matrices.assertClose(
        absolute(mixed.vectors().transposed().times(exact.vectors())), Matrix.identity(8), 1e-9);
  }

  @Test
  void networksComeFromSketchesAsFromMoments() {
    Moments moments = SampleMoments.of(subject(5, 1));

    NetworkMaps full = find(List.of(moments), Networks.of(4));
    NetworkMaps sketched = find(List.of(sketch(moments)), Networks.of(4));

    assertThat(sketched.networks()).isEqualTo(4);
    Matrix match = absolute(Matrices.rowCorrelations(full.maps(), sketched.maps()));
    for (int i = 0; i < 4; i++) {
      assertThat(match.get(i, FunctionalNetwork.peak(match.row(i)))).isGreaterThan(0.999);
    }
  }

  @Test
  void oneTokenHasNoNetworksAndSaysSo() {
    NetworkMaps maps = find(List.of(SampleMoments.of(Matrices.gaussian(1, 9, 1))), Networks.of(3));

    assertThat(maps.networks()).isZero();
    assertThat(maps.complaints())
        .containsExactly("only 0 of 3 components: the activations' rank is lower (1 tokens)");
  }

  @Test
  void fewerTokensThanComponentsReduceThem() {
    NetworkMaps maps =
        find(List.of(SampleMoments.of(Matrices.gaussian(5, 30, 1))), Networks.of(10));

    assertThat(maps.networks()).isEqualTo(4);
    assertThat(maps.complaints()).anyMatch(c -> c.startsWith("only 4 of 10 components"));
  }

  @ParameterizedTest
  @EnumSource(Networks.Method.class)
  void valuesThatAreNotFiniteNameUnitAndNeuron(Networks.Method method) {
    Matrix samples = Matrix.tabulate(9, 4, (t, j) -> t == 5 && j == 2 ? Double.NaN : t * j);
    Networks options = Methods.of(method, 2);
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> find(List.of(SampleMoments.of(samples)), options))
        .withMessageContaining("u: neuron 2")
        .withMessageContaining("NaN");
  }

  private static NetworkMaps find(List<? extends Captured> groups, Networks options) {
    ImmutableList<CalibrationGroup> all =
        groups.stream()
            .map(g -> CalibrationGroup.of(MomentsStore.of(ImmutableMap.of("u", g))))
            .collect(ImmutableList.toImmutableList());
    return Objects.requireNonNull(
        NetworkFinder.find(all, options, 1, Long.MAX_VALUE, Progress.NONE).get("u"));
  }

  private static Networks options(
      int components, Networks.Nonlinearity nonlinearity, Networks.Grouping grouping) {
    Networks usual = Networks.of(components);
    return new Networks(
        usual.method(),
        usual.signals(),
        usual.components(),
        usual.threshold(),
        usual.groups(),
        grouping,
        new Networks.Ica(
            Networks.Algorithm.PARALLEL, nonlinearity, 10, 1e-4, 200, Networks.Keep.SPARSEST));
  }

  /** 40 scans: random courses of the four corners, and noise. */
  private static Matrix subject(long seed, double noise) {
    return Matrices.gaussian(40, 4, 100 + seed)
        .times(corners())
        .plus(Matrices.gaussian(40, NEURONS, 200 + seed).scaled(noise));
  }

  private static Matrix corners() {
    return Matrix.tabulate(
        4,
        NEURONS,
        (i, j) -> {
          int row = i < 2 ? j / SIDE : SIDE - 1 - j / SIDE;
          int col = i % 2 == 0 ? j % SIDE : SIDE - 1 - j % SIDE;
          return col >= 8 || row >= 8 ? 0 : row < 4 ? 1 : -1;
        });
  }

  /** A sketch that left nothing out. */
  private static Sketch sketch(Moments moments) {
    PrincipalAxes axes = PrincipalAxes.of(moments, moments.width());
    return new Sketch(
        moments.count(),
        moments.sum(),
        moments.squares(),
        axes.values(),
        NeuronMaps.spread(axes.vectors().transposed(), axes.live(), axes.width()).transposed(),
        0);
  }

  private static PrincipalAxes axes(Matrix vectors) {
    int d = vectors.rows();
    SplittableRandom random = new SplittableRandom(d);
    return new PrincipalAxes(
        Matrix.zeros(1, d),
        Matrix.tabulate(1, d, (i, j) -> 1 + random.nextDouble()),
        ImmutableIntArray.copyOf(IntStream.range(0, d)),
        ImmutableDoubleArray.of(3, 2),
        vectors);
  }

  private static Matrix gramOf(Matrix matrix) {
    return matrix.timesTransposed(matrix);
  }

  private static Matrix absolute(Matrix matrix) {
    return Matrix.tabulate(matrix.rows(), matrix.cols(), (i, j) -> Math.abs(matrix.get(i, j)));
  }
}
