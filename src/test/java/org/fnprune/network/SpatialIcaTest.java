package org.fnprune.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.fnprune.capture.LiveNeurons;
import org.fnprune.capture.Moments;
import org.fnprune.capture.MomentsStore;
import org.fnprune.capture.SampleMoments;
import org.fnprune.common.Progress;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Cholesky;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.SymmetricEigen;
import org.fnprune.linalg.Threads;
import org.fnprune.linalg.ZScore;
import org.fnprune.recipe.Networks;
import org.fnprune.recipe.Networks.Nonlinearity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SpatialIcaTest {

  private static final int NEURONS = 120;
  private static final int BLOBS = 4;

  /**
   * As nilearn's test of CanICA: four blobs of neurons, each driven by a time course of its own.
   */
  @ParameterizedTest
  @EnumSource(Nonlinearity.class)
  void plantedNetworksComeBackUpToOrder(Nonlinearity nonlinearity) {
    NetworkMaps maps = decompose(blobs(0.3), options(BLOBS, nonlinearity), 1);

    assertThat(maps.converged()).isTrue();
    Matrix match = absolute(correlations(planted(), maps.maps()));
    int[] best = IntStream.range(0, BLOBS).map(i -> FunctionalNetwork.peak(match.row(i))).toArray();
    assertThat(best).containsExactlyInAnyOrder(0, 1, 2, 3);
    for (int i = 0; i < BLOBS; i++) {
      assertThat(match.get(i, best[i])).isGreaterThan(0.9);
    }
  }

  @Test
  void supportsAreThePlantedNeurons() {
    NetworkMaps maps = decompose(blobs(0.1), options(BLOBS, Nonlinearity.CUBE), 3);

    for (FunctionalNetwork network : FunctionalNetwork.of(maps, new Thresholds.Z(1.5))) {
      int blob = network.peakNeuron() / 10;
      assertThat(network.support().asList())
          .containsExactlyElementsOf(
              ImmutableIntArray.copyOf(IntStream.range(10 * blob, 10 * blob + 10)).asList());
      assertThat(network.peak()).isEqualTo(maps.maps().get(network.index(), network.peakNeuron()));
    }
  }

  @Test
  void mapsAreZScoredWithTheirPeakPositive() {
    NetworkMaps maps = decompose(blobs(1), options(7, Nonlinearity.LOGCOSH), 5);

    for (int k = 0; k < maps.networks(); k++) {
      double[] z = maps.maps().row(k);
      assertThat(Arrays.stream(z).average().orElseThrow()).isCloseTo(0, within(1e-12));
      assertThat(Arrays.stream(z).map(x -> x * x).average().orElseThrow())
          .isCloseTo(1, within(1e-12));
      assertThat(Arrays.stream(z).max().orElseThrow())
          .isGreaterThanOrEqualTo(-Arrays.stream(z).min().orElseThrow());
    }
  }

  @Test
  void signalsAreWhite() {
    Matrix white = Whitening.principalMaps(correlation(blobs(1)), 9);

    assertThat(white.rows()).isEqualTo(9);
    Matrices.assertClose(
        white.timesTransposed(white).scaled(1.0 / NEURONS), Matrix.identity(9), 1e-12);
    Matrix ones = Matrix.tabulate(NEURONS, 1, (i, j) -> 1);
    Matrices.assertClose(white.times(ones), Matrix.zeros(9, 1), 1e-11);
  }

  /** DESIGN: left singular vectors of the z-scored neurons × tokens are eigenvectors of R. */
  @Test
  void correlationEigenvectorsAreThePrincipalComponentsOfZScoredActivations() {
    Matrix samples = samples(1);
    Matrix scored = scored(samples);
    SymmetricEigen direct = SymmetricEigen.top(scored.timesTransposed(scored), 5);
    SymmetricEigen moments = SymmetricEigen.top(correlation(SampleMoments.of(samples)), 5);

    Matrices.assertClose(moments.vectors(), direct.vectors(), 1e-9);
    for (int k = 0; k < 5; k++) {
      assertThat(direct.values().get(k) / samples.rows())
          .isCloseTo(moments.values().get(k), within(1e-10));
    }
  }

  /** DESIGN: Σ_k z² does not depend on the rotation; it is d times the (centred) PCA leverage. */
  @Test
  void energyOverAllNetworksIsThePcaLeverageWhateverTheRotation() {
    Moments moments = blobs(1);
    Matrix vectors = SymmetricEigen.top(correlation(moments), 6).vectors().transposed();
    Matrix centred = Whitening.centred(vectors);
    Matrix inverse = inverse(centred.timesTransposed(centred));
    Matrix hat = centred.transposed().times(inverse).times(centred);

    for (long seed = 0; seed < 3; seed++) {
      for (Nonlinearity nonlinearity : Nonlinearity.values()) {
        Matrix maps = decompose(moments, options(6, nonlinearity), seed).maps();
        for (int j = 0; j < NEURONS; j++) {
          double energy = 0;
          for (int k = 0; k < 6; k++) {
            energy += maps.get(k, j) * maps.get(k, j);
          }
          assertThat(energy).isCloseTo(NEURONS * hat.get(j, j), within(1e-9));
        }
      }
    }
  }

  @Test
  void sameSeedSameMapsHoweverManyThreads() {
    Moments moments = blobs(1);
    int before = Threads.get();
    NetworkMaps maps = decompose(moments, options(6, Nonlinearity.CUBE), 42);
    assertThat(decompose(moments, options(6, Nonlinearity.CUBE), 42)).isEqualTo(maps);
    Threads.set(1);
    NetworkMaps alone = decompose(moments, options(6, Nonlinearity.CUBE), 42);
    Threads.set(before);

    assertThat(alone.seed()).isEqualTo(maps.seed());
    Matrices.assertClose(alone.maps(), maps.maps(), 1e-9);
    assertThat(decompose(moments, options(6, Nonlinearity.CUBE), 43).seed())
        .isNotEqualTo(maps.seed());
  }

  @Test
  void theKeptRunCanBeRepeatedFromItsSeed() {
    Moments moments = blobs(1);
    NetworkMaps maps = decompose(moments, options(6, Nonlinearity.CUBE), 42);
    SplittableRandom random = new SplittableRandom(maps.seed());
    Matrix start = Matrix.tabulate(6, 6, (i, j) -> random.nextGaussian());
    Matrix white = Whitening.principalMaps(correlation(moments), 6);

    FastIca.Result ica = FastIca.run(white, start, FastIca.Settings.of(Nonlinearity.CUBE));

    assertThat(ica.iterations()).isEqualTo(maps.iterations());
    Matrices.assertClose(absolute(ica.unmixing().times(white)), absolute(maps.maps()), 1e-9);
  }

  @Test
  void moreRestartsAreNeverLessSparse() {
    Moments moments = blobs(2);
    double last = Double.POSITIVE_INFINITY;
    for (int restarts = 1; restarts <= 8; restarts++) {
      Networks options = networks(8, Nonlinearity.CUBE, restarts);
      Matrix maps = decompose(moments, options, 9).maps();
      double norm =
          IntStream.range(0, maps.rows())
              .mapToDouble(k -> Arrays.stream(maps.row(k)).map(Math::abs).sum())
              .max()
              .orElseThrow();
      assertThat(norm).isLessThanOrEqualTo(last);
      last = norm;
    }
  }

  @Test
  void deadAndConstantNeuronsGetZeroAndDoNotDisturbTheOthers() {
    Matrix samples = samples(0.3);
    Matrix widened =
        Matrix.tabulate(
            samples.rows(),
            NEURONS + 2,
            (t, j) -> j == 0 ? 0 : j == 1 ? 3.7 : samples.get(t, j - 2));
    Moments moments = SampleMoments.of(widened);

    Networks once = networks(4, Nonlinearity.CUBE, 1);
    NetworkMaps with = decompose(moments, once, 8);
    NetworkMaps without = decompose(SampleMoments.of(samples), once, 8);

    assertThat(LiveNeurons.of(moments).length()).isEqualTo(NEURONS);
    int[] rest = IntStream.range(2, NEURONS + 2).toArray();
    Matrices.assertClose(with.maps().selectCols(rest), without.maps(), 1e-6);
    assertThat(with.maps().selectCols(new int[] {0, 1})).isEqualTo(Matrix.zeros(4, 2));
  }

  @Test
  void componentsAreReducedToTheRank() {
    Matrix low = Matrices.gaussian(500, 3, 1).times(Matrices.gaussian(3, 20, 2));
    NetworkMaps maps = decompose(SampleMoments.of(low), options(10, Nonlinearity.CUBE), 1);

    assertThat(maps.networks()).isEqualTo(3);
    assertThat(maps.requested()).isEqualTo(10);
  }

  @Test
  void asManyComponentsAsNeuronsLoseTheMean() {
    NetworkMaps maps = decompose(blobs(1), networks(500, Nonlinearity.CUBE, 1), 1);
    assertThat(maps.networks()).isEqualTo(NEURONS - 1);
  }

  @Test
  void aUnitThatNeverVariesHasNoNetworks() {
    Moments moments = SampleMoments.of(Matrix.tabulate(50, 6, (t, j) -> j));
    NetworkMaps maps = decompose(moments, options(3, Nonlinearity.CUBE), 1);

    assertThat(maps.networks()).isZero();
    assertThat(maps.width()).isEqualTo(6);
    assertThat(FunctionalNetwork.of(maps, new Thresholds.Z(2))).isEmpty();
  }

  @Test
  void momentsThatAreNotFiniteNameTheNeuron() {
    Matrix samples =
        Matrix.tabulate(9, 4, (t, j) -> t == 5 && j == 2 ? Double.POSITIVE_INFINITY : t * j);
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> decompose(SampleMoments.of(samples), options(2, Nonlinearity.CUBE), 1))
        .withMessageContaining("neuron 2")
        .withMessageContaining("Infinity");
  }

  private static NetworkMaps decompose(Moments moments, Networks options, long seed) {
    CalibrationGroup group = CalibrationGroup.of(MomentsStore.of(ImmutableMap.of("u", moments)));
    return Objects.requireNonNull(
        NetworkFinder.find(ImmutableList.of(group), options, seed, Long.MAX_VALUE, Progress.NONE)
            .get("u"));
  }

  private static Networks options(int components, Nonlinearity nonlinearity) {
    return networks(components, nonlinearity, 5);
  }

  private static Networks networks(int components, Nonlinearity nonlinearity, int restarts) {
    Networks.Ica usual = Networks.Ica.DEFAULT;
    return Networks.of(components)
        .with(
            new Networks.Ica(
                usual.algorithm(),
                nonlinearity,
                restarts,
                usual.tolerance(),
                usual.maxIterations(),
                usual.keep()));
  }

  /** Blob i lies on neurons 10 i … 10 i + 9, half of them negative; from 40 on they are in none. */
  private static Matrix planted() {
    return Matrix.tabulate(BLOBS, NEURONS, (i, j) -> j / 10 != i ? 0 : j % 10 < 5 ? 1 : -1);
  }

  /** Tokens × neurons. */
  private static Matrix samples(double noise) {
    return Matrices.gaussian(3000, BLOBS, 21)
        .times(planted())
        .plus(Matrices.gaussian(3000, NEURONS, 22).scaled(noise));
  }

  private static Moments blobs(double noise) {
    return SampleMoments.of(samples(noise));
  }

  private static Matrix correlation(Moments moments) {
    return PrincipalAxes.correlation(moments, LiveNeurons.of(moments));
  }

  /** Neurons × tokens, each neuron z-scored. */
  private static Matrix scored(Matrix samples) {
    Matrix neurons = samples.transposed();
    double[][] rows = new double[neurons.rows()][];
    for (int j = 0; j < rows.length; j++) {
      rows[j] = ZScore.of(neurons.row(j));
    }
    return Matrix.of(rows);
  }

  private static Matrix correlations(Matrix a, Matrix b) {
    Matrix left = scored(a.transposed());
    Matrix right = scored(b.transposed());
    return left.timesTransposed(right).scaled(1.0 / a.cols());
  }

  private static Matrix absolute(Matrix matrix) {
    return Matrix.tabulate(matrix.rows(), matrix.cols(), (i, j) -> Math.abs(matrix.get(i, j)));
  }

  private static Matrix inverse(Matrix matrix) {
    return Cholesky.solve(matrix, Matrix.identity(matrix.rows())).orElseThrow();
  }
}
