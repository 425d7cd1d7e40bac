package org.fnprune.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.ImmutableIntArray;
import java.util.stream.IntStream;
import org.fnprune.capture.Moments;
import org.fnprune.capture.SampleMoments;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Cholesky;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.fnprune.rewrite.Compensation.Fit;
import org.junit.jupiter.api.Test;

class CompensationTest {

  private static final int WIDTH = 40;
  private static final Matrix WEIGHT = Matrices.gaussian(WIDTH, 7, 1);
  private static final ImmutableIntArray KEPT =
      ImmutableIntArray.copyOf(IntStream.range(0, WIDTH).filter(j -> j % 3 != 0));

  @Test
  void noneKeepsTheRows() {
    Fit fit = Compensation.none(WEIGHT, KEPT);
    assertThat(fit.weight()).isEqualTo(WEIGHT.selectRows(KEPT.toArray()));
    assertThat(fit.biasShift()).isEqualTo(Matrix.zeros(1, 7));
    assertThat(fit(CompensationMethod.NONE, 0)).isEqualTo(fit);
  }

  @Test
  void biasTakesOverTheMeanOfWhatWent() {
    Moments moments = SampleMoments.of(samples());
    Fit fit = fit(CompensationMethod.BIAS, 0);
    int[] pruned = IntStream.range(0, WIDTH).filter(j -> j % 3 == 0).toArray();

    assertThat(fit.weight()).isEqualTo(WEIGHT.selectRows(KEPT.toArray()));
    Matrices.assertClose(
        fit.biasShift(), moments.mean().selectCols(pruned).times(WEIGHT.selectRows(pruned)), 1e-12);
  }

  /**
   * Without a ridge, the ordinary regression of the dense output on kept neurons and a constant.
   */
  @Test
  void leastSquaresSolvesTheNormalEquationsOfTheSamples() {
    Matrix samples = samples();
    Matrix design =
        Matrix.tabulate(
            samples.rows(),
            KEPT.length() + 1,
            (t, j) -> j == KEPT.length() ? 1 : samples.get(t, KEPT.get(j)));
    Matrix transposed = design.transposed();
    Matrix solution =
        Cholesky.solve(
                transposed.timesTransposed(transposed), transposed.times(samples.times(WEIGHT)))
            .orElseThrow();

    Fit fit = fit(CompensationMethod.LEAST_SQUARES, 0);

    int[] rows = IntStream.range(0, KEPT.length()).toArray();
    Matrices.assertClose(fit.weight(), solution.selectRows(rows), 1e-9);
    Matrices.assertClose(fit.biasShift(), solution.selectRows(new int[] {KEPT.length()}), 1e-9);
    assertThat(fit.ridgeUsed()).isZero();
  }

  @Test
  void residualIsOrthogonalToTheKeptNeurons() {
    Matrix samples = samples();
    Fit fit = fit(CompensationMethod.LEAST_SQUARES, 0);
    Matrix kept = samples.selectCols(KEPT.toArray());
    Matrix residual = samples.times(WEIGHT).minus(kept.times(fit.weight()));
    Matrix centred =
        Matrix.tabulate(
            residual.rows(), 7, (t, i) -> residual.get(t, i) - fit.biasShift().get(0, i));

    Matrices.assertClose(
        kept.transposed().times(centred).scaled(1.0 / samples.rows()),
        Matrix.zeros(KEPT.length(), 7),
        1e-10);
  }

  /** E‖·‖² from moments equals the mean over samples. */
  @Test
  void outputErrorIsTheMeanSquareOverTheSamples() {
    Matrix samples = samples();
    for (CompensationMethod method : CompensationMethod.values()) {
      Fit fit = fit(method, 0.01);
      Matrix slim = samples.selectCols(KEPT.toArray()).times(fit.weight());
      Matrix dense = samples.times(WEIGHT);
      double sum = 0;
      for (int t = 0; t < samples.rows(); t++) {
        for (int i = 0; i < 7; i++) {
          double error = dense.get(t, i) - slim.get(t, i) - fit.biasShift().get(0, i);
          sum += error * error;
        }
      }
      assertThat(Compensation.outputError(SampleMoments.of(samples), WEIGHT, KEPT, fit))
          .isCloseTo(sum / samples.rows(), within(1e-9));
    }
  }

  @Test
  void leastSquaresIsNeverWorseThanBiasNorBiasThanNone() {
    for (long seed = 0; seed < 10; seed++) {
      Matrix weight = Matrices.gaussian(WIDTH, 7, 50 + seed);
      Moments moments = SampleMoments.of(mixed(30 + (int) seed * 10, seed));
      double none = error(moments, weight, CompensationMethod.NONE, 0);
      double bias = error(moments, weight, CompensationMethod.BIAS, 0);
      assertThat(bias).isLessThanOrEqualTo(none);
      double last = -1e-9;
      for (double ridge : new double[] {1e-4, 1e-2, 1, 100, Double.POSITIVE_INFINITY}) {
        double fitted = error(moments, weight, CompensationMethod.LEAST_SQUARES, ridge);
        assertThat(fitted).isLessThanOrEqualTo(bias).isGreaterThanOrEqualTo(last);
        last = fitted;
      }
    }
  }

  private static double error(
      Moments moments, Matrix weight, CompensationMethod method, double ridge) {
    return Compensation.outputError(
        moments, weight, KEPT, Compensation.fit(moments, weight, KEPT, method, ridge));
  }

  @Test
  void infiniteRidgeIsBiasAlone() {
    assertThat(fit(CompensationMethod.LEAST_SQUARES, Double.POSITIVE_INFINITY))
        .isEqualTo(fit(CompensationMethod.BIAS, 0));
    Matrices.assertClose(
        fit(CompensationMethod.LEAST_SQUARES, 1e12).weight(),
        fit(CompensationMethod.BIAS, 0).weight(),
        1e-9);
  }

  @Test
  void deadKeptNeuronsKeepTheirRowsAndLeaveTheOthersFitUnchanged() {
    Matrix samples = samples();
    Matrix silenced =
        Matrix.tabulate(
            samples.rows(), WIDTH, (t, j) -> j == 1 ? 0 : j == 4 ? 5 : samples.get(t, j));
    Moments moments = SampleMoments.of(silenced);

    Fit fit = Compensation.fit(moments, WEIGHT, KEPT, CompensationMethod.LEAST_SQUARES, 0);

    assertThat(fit.ridgeUsed()).isZero();
    assertThat(fit.weight().row(0)).isEqualTo(WEIGHT.row(1));
    assertThat(fit.weight().row(2)).isEqualTo(WEIGHT.row(4));
    assertThat(Compensation.outputError(moments, WEIGHT, KEPT, fit))
        .isLessThanOrEqualTo(error(moments, WEIGHT, CompensationMethod.BIAS, 0));
  }

  @Test
  void aUnitWithNothingAliveIsLeftToTheBias() {
    Moments moments = SampleMoments.of(Matrix.tabulate(20, WIDTH, (t, j) -> j));
    Fit fit = Compensation.fit(moments, WEIGHT, KEPT, CompensationMethod.LEAST_SQUARES, 0.01);
    assertThat(fit.weight()).isEqualTo(WEIGHT.selectRows(KEPT.toArray()));
    assertThat(Compensation.outputError(moments, WEIGHT, KEPT, fit)).isCloseTo(0, within(1e-18));
  }

  @Test
  void theRidgeRisesUntilASingularSystemCanBeSolved() {
    Moments moments = SampleMoments.of(mixed(12, 3));

    Fit fit = Compensation.fit(moments, WEIGHT, KEPT, CompensationMethod.LEAST_SQUARES, 0);

    assertThat(fit.ridgeUsed()).isBetween(1e-13, 1e-6);
    assertThat(fit.weight().isFinite()).isTrue();
    assertThat(Compensation.outputError(moments, WEIGHT, KEPT, fit)).isLessThan(1e-3);
  }

  @Test
  void keepingEverythingChangesNothing() {
    ImmutableIntArray all = ImmutableIntArray.copyOf(IntStream.range(0, WIDTH));
    Moments moments = SampleMoments.of(samples());
    Fit fit = Compensation.fit(moments, WEIGHT, all, CompensationMethod.LEAST_SQUARES, 0.01);
    assertThat(fit.weight()).isEqualTo(WEIGHT);
    Matrices.assertClose(fit.biasShift(), Matrix.zeros(1, 7), 1e-12);
  }

  @Test
  void valuesThatAreNotFiniteAreRefused() {
    Moments moments = SampleMoments.of(samples());
    Matrix broken = Matrix.tabulate(WIDTH, 7, (i, j) -> i == 3 ? Double.NaN : 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Compensation.fit(moments, broken, KEPT, CompensationMethod.BIAS, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Compensation.fit(moments, WEIGHT, KEPT, CompensationMethod.BIAS, Double.NaN));
    Moments nan = new Moments(5, moments.sum().scaled(Double.NaN), moments.gram());
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> Compensation.fit(nan, WEIGHT, KEPT, CompensationMethod.BIAS, 0))
        .withMessageContaining("neuron 0");
  }

  private static Fit fit(CompensationMethod method, double ridge) {
    return Compensation.fit(SampleMoments.of(samples()), WEIGHT, KEPT, method, ridge);
  }

  private static Matrix samples() {
    return mixed(WIDTH, 17);
  }

  /** 400 tokens × 40 correlated neurons of rank {@code rank} at most, with means. */
  private static Matrix mixed(int rank, long seed) {
    Matrix hidden = Matrices.gaussian(400, rank, seed);
    Matrix samples = hidden.times(Matrices.gaussian(rank, WIDTH, seed + 1));
    return Matrix.tabulate(400, WIDTH, (t, j) -> samples.get(t, j) + j / 10.0);
  }
}
