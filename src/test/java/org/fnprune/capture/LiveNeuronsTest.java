package org.fnprune.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.fnprune.common.UsageException;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.junit.jupiter.api.Test;

class LiveNeuronsTest {

  /** Neurons: alive; off; constant; constant but for float32 rounding; tiny but alive; silent. */
  @Test
  void neuronsThatNeverVaryAreLeftOut() {
    Matrix noise = Matrices.gaussian(1000, 6, 1);
    double[] level = {0, 0, 3.7, 5, 0, 0};
    double[] scale = {1, 0, 0, 1e-6, 1e-4, 1e-9};
    Moments moments =
        SampleMoments.of(Matrix.tabulate(1000, 6, (t, j) -> level[j] + scale[j] * noise.get(t, j)));

    assertThat(LiveNeurons.of(moments).asList()).containsExactly(0, 4);
  }

  @Test
  void aVarianceNegativeByRoundingIsNotAlive() {
    Moments moments =
        new Moments(
            2, Matrix.of(1, 2, new double[] {2, 2}), Matrix.of(2, 2, new double[] {1.99, 2, 2, 4}));
    assertThat(LiveNeurons.of(moments).asList()).containsExactly(1);
  }

  @Test
  void aProductThatIsNotFiniteNamesTheNeuron() {
    Moments moments =
        new Moments(
            2, Matrix.zeros(1, 2), Matrix.of(2, 2, new double[] {1, Double.NaN, Double.NaN, 1}));
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> LiveNeurons.of(moments))
        .withMessageContaining("neuron 0")
        .withMessageContaining("neuron 1")
        .withMessageContaining("NaN");
  }

  @Test
  void covarianceIsThatOfTheSamplesAndMomentsAddUp() {
    Matrix first = Matrices.gaussian(50, 4, 1);
    Matrix second = Matrices.gaussian(30, 4, 2);
    Matrix both =
        Matrix.tabulate(80, 4, (t, j) -> t < 50 ? first.get(t, j) : second.get(t - 50, j));
    Moments moments = SampleMoments.of(first).plus(SampleMoments.of(second));
    Matrix mean = SampleMoments.of(both).mean();
    Matrix centred = Matrix.tabulate(80, 4, (t, j) -> both.get(t, j) - mean.get(0, j));
    Matrix transposed = centred.transposed();

    Matrices.assertClose(
        moments.covariance(), transposed.timesTransposed(transposed).scaled(1 / 80.0), 1e-13);
  }
}
