package org.fnprune.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.recipe.Networks.Algorithm;
import org.fnprune.recipe.Networks.Nonlinearity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sources planted, mixed and found again: the cases of scikit-learn's and nilearn's own tests, with
 * their tolerances, and what must hold exactly.
 */
class SourceRecoveryTest {

  private static final FastIca.Settings USUAL = FastIca.Settings.of(Nonlinearity.LOGCOSH);

  static Stream<FastIca.Settings> settings() {
    return FastIcaTest.settings();
  }

  /** scikit-learn's simple case: a square wave and a source with Cauchy tails, rotated. */
  @ParameterizedTest
  @MethodSource("settings")
  void twoSourcesAreRecovered(FastIca.Settings settings) {
    recovers(settings, 0, 1e-2);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void twoSourcesAreRecoveredUnderNoise(FastIca.Settings settings) {
    recovers(settings, 0.1, 1e-1);
  }

  private static void recovers(FastIca.Settings settings, double noise, double tolerance) {
    SplittableRandom random = new SplittableRandom(1);
    Matrix sources =
        Sources.standardised(
            Matrix.tabulate(
                2,
                1000,
                (i, j) ->
                    i == 0
                        ? Math.signum(Math.sin(j * 100 / 999.0))
                        : Math.tan(Math.PI * (random.nextDouble() - 0.5))));
    double cos = Math.cos(0.6);
    double sin = Math.sin(0.6);
    Matrix mixed =
        Matrix.of(new double[][] {{cos, sin}, {sin, -cos}})
            .times(sources)
            .plus(Matrices.gaussian(2, 1000, 5).scaled(noise));

    Decomposition found =
        FastIca.fit(Sources.standardised(mixed), 2, k -> FastIca.gaussianStart(k, 3), settings);

    assertPermutation(Sources.correlations(found.sources(), sources), 1 - tolerance);
  }

  /** scikit-learn's non-square case: two sources in six signals. */
  @Test
  void moreSignalsThanSources() {
    Matrix sources =
        Matrix.tabulate(
            2,
            1000,
            (i, j) ->
                i == 0 ? Math.sin(j * 100 / 999.0) : Math.ceil(Math.sin(Math.PI * j * 100 / 999)));
    Matrix mixed = Matrices.gaussian(6, 2, 8).times(sources);

    Decomposition found = FastIca.fit(mixed, 2, k -> FastIca.gaussianStart(k, 1), USUAL);

    assertPermutation(Sources.correlations(found.sources(), sources), 1 - 1e-3);
    Matrices.assertClose(found.mixing().times(found.sources()), Whitening.centred(mixed), 1e-10);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void identitiesOfWhiteningMixingAndUnmixing(FastIca.Settings settings) {
    Matrix signals =
        Matrices.gaussian(7, 5, 2)
            .times(Sources.laplace(5, 900, 3))
            .plus(Matrix.tabulate(7, 900, (i, j) -> 10.0 * i));

    Decomposition found = FastIca.fit(signals, 4, k -> FastIca.gaussianStart(k, 1), settings);

    Matrix shift = Matrix.tabulate(7, 900, (i, j) -> found.mean().get(0, i));
    Matrix white = found.whitening().times(signals.minus(shift));
    Matrices.assertClose(white.timesTransposed(white).scaled(1.0 / 900), Matrix.identity(4), 1e-12);
    Matrices.assertClose(found.unmixing().times(signals.minus(shift)), found.sources(), 1e-11);
    Matrices.assertClose(
        found.sources().timesTransposed(found.sources()).scaled(1.0 / 900),
        Matrix.identity(4),
        1e-12);
    // The four conditions of Moore and Penrose.
    Matrix there = found.mixing().times(found.unmixing());
    Matrix back = found.unmixing().times(found.mixing());
    Matrices.assertClose(back, Matrix.identity(4), 1e-12);
    Matrices.assertClose(there, there.transposed(), 1e-11);
    Matrices.assertClose(there.times(found.mixing()), found.mixing(), 1e-11);
    for (int i = 0; i < 4; i++) {
      double[] source = found.sources().row(i);
      assertThat(source[FunctionalNetwork.peak(source)]).isPositive();
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void noiselessMixturesOfExactlyIndependentSourcesAreUnmixedToRounding(FastIca.Settings settings) {
    Matrix sources = Sources.exactlyIndependent();
    FastIca.Settings tight =
        new FastIca.Settings(settings.algorithm(), settings.nonlinearity(), 1e-14, 1000);
    for (long seed = 1; seed <= 5; seed++) {
      Matrix mixing = Matrices.gaussian(4, 4, 100 + seed);
      long start = seed;

      Decomposition found =
          FastIca.fit(mixing.times(sources), 4, k -> FastIca.gaussianStart(k, start), tight);

      assertThat(found.ica().converged()).isTrue();
      assertThat(Sources.amari(found.unmixing().times(mixing))).isLessThan(1e-6);
    }
  }

  /** nilearn's CanICA case: four planted regions, mixed into forty noisy signals. */
  @Test
  void plantedRegionsComeBackAsAPermutation() {
    int side = 30;
    SplittableRandom random = new SplittableRandom(4);
    int[][] corners = {{0, 0}, {0, 20}, {20, 0}, {20, 20}};
    Matrix regions =
        Matrix.tabulate(
            4,
            side * side,
            (i, j) -> {
              int row = j / side - corners[i][0];
              int col = j % side - corners[i][1];
              boolean inside = row >= 0 && row < 8 && col >= 0 && col < 8;
              return (inside ? 1 : 0) + 0.01 * random.nextGaussian();
            });
    Matrix signals =
        Matrices.gaussian(40, 4, 5)
            .times(regions)
            .plus(Matrices.gaussian(40, side * side, 6).scaled(0.01));
    for (Nonlinearity nonlinearity : Nonlinearity.values()) {
      Decomposition found =
          FastIca.fit(
              signals, 4, k -> FastIca.gaussianStart(k, 7), FastIca.Settings.of(nonlinearity));
      assertPermutation(Sources.correlations(found.sources(), regions), 0.9);
    }
  }

  @Test
  void nonNormalityOfKnownDistributions() {
    Decomposition found =
        FastIca.fit(
            Sources.exactlyIndependent(),
            4,
            k -> Matrix.identity(k),
            new FastIca.Settings(Algorithm.PARALLEL, Nonlinearity.CUBE, 1e-14, 1000));
    double[] kurtosis = found.excessKurtosis().stream().sorted().toArray();

    // ±1: E y⁴ − 3 = −2; seven equal steps: E y⁴ = 7 with E y² = 4 → 28/16 − 3 = −1.25.
    assertThat(kurtosis[0]).isCloseTo(-2, within(1e-9));
    assertThat(kurtosis[1]).isCloseTo(-1.25, within(1e-9));
    double logCosh = Math.log(Math.cosh(1)) - 0.374567207491438;
    assertThat(NonNormality.negentropy(new double[] {-1, 1, 1, -1}))
        .isCloseTo(logCosh * logCosh, within(1e-15));
    double[] gaussian = Matrices.gaussian(1, 400_000, 3).row(0);
    assertThat(NonNormality.negentropy(gaussian)).isLessThan(1e-5);
    assertThat(NonNormality.excessKurtosis(gaussian)).isCloseTo(0, within(0.02));
  }

  @Test
  void rankBelowTheRequestIsFoundAndSaid() {
    Matrix three = Sources.laplace(3, 500, 2);
    Matrix dependent = Matrices.gaussian(8, 3, 3).times(three);
    Decomposition found = FastIca.fit(dependent, 6, k -> FastIca.gaussianStart(k, 1), USUAL);

    assertThat(found.found()).isEqualTo(3);
    assertThat(found.requested()).isEqualTo(6);
    assertPermutation(Sources.correlations(found.sources(), three), 0.98);
    assertFinite(found);
  }

  @Test
  void constantAndRepeatedSignalsAddNothing() {
    Matrix two = Sources.laplace(2, 300, 2);
    Matrix signals =
        Matrix.tabulate(5, 300, (i, j) -> i == 0 ? 0.1 : i == 1 ? 1e9 : two.get(i % 2, j));
    Decomposition found = FastIca.fit(signals, 5, k -> FastIca.gaussianStart(k, 1), USUAL);

    assertThat(found.found()).isEqualTo(2);
    assertThat(DoubleStream.of(found.mixing().row(0))).containsOnly(0.0);
    assertFinite(found);
  }

  @Test
  void fewerSamplesThanComponentsGiveAtMostOneLessThanTheSamples() {
    Decomposition found =
        FastIca.fit(Sources.laplace(9, 4, 2), 9, k -> FastIca.gaussianStart(k, 1), USUAL);

    assertThat(found.found()).isEqualTo(3);
    assertFinite(found);
  }

  @Test
  void oneSampleOrOnlyConstantsHaveNoComponents() {
    // The mean of equal values is often one rounding away from them.
    for (int samples = 1; samples < 60; samples++) {
      Matrix signals = Matrix.tabulate(3, samples, (i, j) -> 0.1 * (i + 1));
      Decomposition found = FastIca.fit(signals, 2, k -> FastIca.gaussianStart(k, 1), USUAL);

      assertThat(found.found()).isZero();
      assertThat(found.requested()).isEqualTo(2);
      assertThat(found.mixing()).hasToString("Matrix 3 × 0");
      assertThat(found.sources()).hasToString("Matrix 0 × " + signals.cols());
    }
  }

  @Test
  void valuesThatAreNotFiniteAreNamed() {
    for (double bad : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
      Matrix signals = Matrix.tabulate(3, 20, (i, j) -> i == 2 && j == 11 ? bad : i + j * j);
      assertThatExceptionOfType(UsageException.class)
          .isThrownBy(() -> FastIca.fit(signals, 2, Matrix::identity, USUAL))
          .withMessageContaining(bad + " in row 2, column 11");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FastIca.fit(Matrix.zeros(3, 0), 2, Matrix::identity, USUAL));
  }

  private static void assertFinite(Decomposition found) {
    assertThat(found.mixing().isFinite()).isTrue();
    assertThat(found.unmixing().isFinite()).isTrue();
    assertThat(found.sources().isFinite()).isTrue();
  }

  /** One entry of each row and column is at least {@code bound}: every source found once. */
  private static void assertPermutation(Matrix correlations, double bound) {
    for (Matrix side : new Matrix[] {correlations, correlations.transposed()}) {
      for (int i = 0; i < side.rows(); i++) {
        assertThat(DoubleStream.of(side.row(i)).filter(c -> c >= bound).count())
            .as("row %d of %s", i, Arrays.toString(correlations.toArray()))
            .isEqualTo(1);
      }
    }
  }
}
