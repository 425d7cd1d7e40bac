package org.fnprune.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.ImmutableDoubleArray;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.fnprune.capture.LagProducts;
import org.fnprune.capture.Moments;
import org.fnprune.capture.SampleMoments;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.recipe.Networks.Estimator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ComponentCountTest {

  @Test
  void minkasEvidenceIsThatOfScikitLearn() throws Exception {
    double[] expected = Oracle.read("components/minka").row(0);

    double[] evidence = Minka.evidence(reference(), 400);

    assertThat(evidence).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(evidence[i]).isCloseTo(expected[i], within(1e-7));
    }
  }

  @Test
  void peselIsTheFormulaForManyAndForFewSamples() throws Exception {
    assertThat(Pesel.evidence(reference(), 400))
        .containsExactly(Oracle.read("components/pesel").row(0), within(1e-8));
    double[] few = Pesel.evidence(reference(), 20);
    assertThat(few)
        .hasSizeBetween(3, 18)
        .containsExactly(
            Arrays.copyOf(Oracle.read("components/pesel-few").row(0), few.length), within(1e-8));
  }

  @ParameterizedTest
  @EnumSource(Estimator.class)
  void plantedDirectionsAreCounted(Estimator by) {
    for (int planted : new int[] {1, 3, 8}) {
      Moments moments = planted(4000, 40, planted, planted);
      PrincipalAxes axes = PrincipalAxes.of(moments, 40);

      ComponentCount count =
          ComponentCount.estimated(
              by, Spectrum.of(axes), EffectiveSamples.of(moments, Optional.empty()));

      assertThat(count.count()).isEqualTo(planted);
      assertThat(count.estimate().orElseThrow().evidence()).containsKey(planted + 1);
      assertThat(count.assumesIndependence()).isTrue();
    }
  }

  @Test
  void peselCountsWhereNeuronsOutnumberTokens() {
    Moments moments = planted(100, 300, 4, 1);
    PrincipalAxes axes = PrincipalAxes.of(moments, 300);

    assertThat(axes.components()).isEqualTo(99);
    assertThat(
            ComponentCount.estimated(
                    Estimator.PESEL,
                    Spectrum.of(axes),
                    EffectiveSamples.of(moments, Optional.empty()))
                .count())
        .isEqualTo(4);
  }

  @Test
  void whatASketchLeavesOfTheTraceIsSpreadEvenly() {
    PrincipalAxes few = PrincipalAxes.of(planted(4000, 40, 3, 3), 10);
    Spectrum spectrum = Spectrum.of(few);

    assertThat(spectrum.size()).isEqualTo(40);
    assertThat(spectrum.values().stream().sum()).isCloseTo(40, within(1e-9));
    assertThat(spectrum.get(10)).isEqualTo(spectrum.get(39));
  }

  @Test
  void neuronsThatRepeatOthersAreNoDirections() {
    Matrix samples = Matrices.gaussian(500, 6, 1);
    Matrix twice = Matrix.tabulate(500, 12, (t, j) -> samples.get(t, j % 6));

    assertThat(Spectrum.of(PrincipalAxes.of(SampleMoments.of(twice), 12)).size()).isEqualTo(6);
  }

  @ParameterizedTest
  @EnumSource(Estimator.class)
  void spectraWithNothingToChooseFromGiveOne(Estimator by) {
    EffectiveSamples samples = EffectiveSamples.of(10, 0.5);
    for (double[] values : new double[][] {{}, {1}, {1.5, 0.5}}) {
      Spectrum spectrum = new Spectrum(ImmutableDoubleArray.copyOf(values));
      assertThat(ComponentCount.estimated(by, spectrum, samples).count()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(Estimator.class)
  void equalEigenvaluesGiveFiniteEvidence(Estimator by) {
    Spectrum flat = new Spectrum(ImmutableDoubleArray.of(1, 1, 1, 1, 1, 1));
    ComponentCount count = ComponentCount.estimated(by, flat, EffectiveSamples.of(100, 0));
    assertThat(count.estimate().orElseThrow().evidence().values()).allMatch(Double::isFinite);
  }

  @Test
  void fewerEffectiveSamplesNeverSpeakForMore() throws Exception {
    int last = Integer.MAX_VALUE;
    for (double rho : new double[] {0, 0.5, 0.9, 0.98, 0.999}) {
      int count =
          ComponentCount.estimated(Estimator.PESEL, reference(), EffectiveSamples.of(400, rho))
              .count();
      assertThat(count).isLessThanOrEqualTo(last);
      last = count;
    }
    assertThat(last).isLessThan(5);
  }

  /** n_eff = n (1 − ρ²)/(1 + ρ²), from sums alone. */
  @Test
  void effectiveSamplesFollowFromLaggedProducts() {
    int tokens = 50_000;
    Matrix series = autoregressive(tokens, 0.8, 9);
    double[] lagged = new double[2];
    for (int t = 0; t + 1 < tokens; t++) {
      for (int j = 0; j < 2; j++) {
        lagged[j] += series.get(t, j) * series.get(t + 1, j);
      }
    }
    LagProducts lag = new LagProducts(tokens - 1, Matrix.of(1, 2, lagged));

    EffectiveSamples samples = EffectiveSamples.of(SampleMoments.of(series), Optional.of(lag));

    assertThat(samples.autocorrelation().orElseThrow()).isCloseTo(0.8, within(0.01));
    double rho = samples.autocorrelation().orElseThrow();
    assertThat(samples.count()).isCloseTo(tokens * (1 - rho * rho) / (1 + rho * rho), within(1e-6));
  }

  /** Bartlett 1935: the correlation of independent AR(1) series has the variance 1/n_eff. */
  @Test
  void theCorrelationOfAutocorrelatedSeriesVariesAsThatOfSoManySamples() {
    int tokens = 400;
    int trials = 3000;
    double squares = 0;
    for (int trial = 0; trial < trials; trial++) {
      Moments moments = SampleMoments.of(autoregressive(tokens, 0.7, 1000 + trial));
      Matrix covariance = moments.covariance();
      double correlation =
          covariance.get(0, 1) / Math.sqrt(covariance.get(0, 0) * covariance.get(1, 1));
      squares += correlation * correlation / trials;
    }
    assertThat(EffectiveSamples.of(tokens, 0.7).count()).isCloseTo(1 / squares, within(14.0));
  }

  @Test
  void extremeAutocorrelationIsClamped() {
    assertThat(EffectiveSamples.of(1000, 1.0001).count()).isEqualTo(2);
    assertThat(EffectiveSamples.of(1000, 0).count()).isEqualTo(1000);
    assertThat(EffectiveSamples.of(1, 0).count()).isEqualTo(2);
  }

  private static Spectrum reference() throws Exception {
    return new Spectrum(ImmutableDoubleArray.copyOf(Oracle.read("components/spectrum").row(0)));
  }

  /** Two independent AR(1) series about the mean 3, tokens × 2. */
  private static Matrix autoregressive(int tokens, double rho, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] rows = new double[tokens][2];
    double innovation = Math.sqrt(1 - rho * rho);
    double[] state = {random.nextGaussian(), random.nextGaussian()};
    for (double[] row : rows) {
      for (int j = 0; j < 2; j++) {
        state[j] = rho * state[j] + innovation * random.nextGaussian();
        row[j] = 3 + state[j];
      }
    }
    return Matrix.of(rows);
  }

  /** Directions that weigh every neuron alike, in noise that does so too. */
  private static Moments planted(int tokens, int neurons, int directions, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Matrix signs = Matrix.tabulate(directions, neurons, (i, j) -> random.nextBoolean() ? 1 : -1);
    return SampleMoments.of(
        Matrices.gaussian(tokens, directions, seed + 50)
            .times(signs)
            .plus(Matrices.gaussian(tokens, neurons, seed + 99).scaled(2)));
  }
}
