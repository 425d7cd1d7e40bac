package org.fnprune.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.NearestOrthogonal;
import org.fnprune.linalg.Npy;
import org.fnprune.recipe.Networks.Nonlinearity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FastIcaTest {

  @ParameterizedTest
  @EnumSource(Nonlinearity.class)
  void equalsScikitLearnFromTheSameStart(Nonlinearity nonlinearity) throws Exception {
    String name = nonlinearity.name().toLowerCase(Locale.ROOT);

    FastIca.Result result =
        FastIca.run(oracle("white"), oracle("start"), FastIca.Settings.of(nonlinearity));

    Matrices.assertClose(result.unmixing(), oracle(name), 1e-9);
    assertThat((double) result.iterations()).isEqualTo(oracle(name + "-iterations").get(0, 0));
    assertThat(result.converged()).isTrue();
  }

  private static Matrix oracle(String name) throws IOException, URISyntaxException {
    String resource = "/oracle/fastica/" + name + ".npy";
    return Npy.read(
        Path.of(Objects.requireNonNull(FastIcaTest.class.getResource(resource)).toURI()));
  }

  @ParameterizedTest
  @EnumSource(Nonlinearity.class)
  void unmixesIndependentSources(Nonlinearity nonlinearity) {
    Matrix mixing = Matrices.gaussian(5, 5, 11);
    Matrix white = Whitening.whitened(Whitening.centred(mixing.times(laplace(5, 20_000, 12))));
    Matrix toWhite = white.timesTransposed(laplace(5, 20_000, 12)).scaled(1.0 / 20_000);

    FastIca.Result result =
        FastIca.run(white, Matrices.gaussian(5, 5, 13), FastIca.Settings.of(nonlinearity));

    assertThat(result.converged()).isTrue();
    assertThat(amari(result.unmixing().times(toWhite))).isLessThan(0.05);
    Matrices.assertClose(
        result.unmixing().timesTransposed(result.unmixing()), Matrix.identity(5), 1e-12);
  }

  @Test
  void givingUpIsSaid() {
    FastIca.Settings once = new FastIca.Settings(Nonlinearity.CUBE, 1e-12, 1);
    Matrix white = Whitening.whitened(Whitening.centred(laplace(4, 500, 2)));

    FastIca.Result result = FastIca.run(white, Matrices.gaussian(4, 4, 3), once);

    assertThat(result.converged()).isFalse();
    assertThat(result.iterations()).isEqualTo(1);
  }

  @Test
  void decorrelationGivesTheNearestOrthogonalMatrix() {
    Matrix rotation = NearestOrthogonal.of(Matrices.gaussian(6, 6, 1));
    Matrices.assertClose(rotation.timesTransposed(rotation), Matrix.identity(6), 1e-13);
    Matrices.assertClose(NearestOrthogonal.of(rotation), rotation, 1e-13);
    Matrices.assertClose(NearestOrthogonal.of(rotation.scaled(3)), rotation, 1e-13);
  }

  @Test
  void shapesThatDoNotFitAreRefused() {
    FastIca.Settings settings = FastIca.Settings.of(Nonlinearity.CUBE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FastIca.run(Matrix.zeros(3, 9), Matrix.identity(2), settings));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FastIca.Settings(Nonlinearity.CUBE, 0, 10));
  }

  /** Laplace values: heavier tails than a normal distribution. */
  private static Matrix laplace(int rows, int cols, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return Matrix.tabulate(
        rows, cols, (i, j) -> (random.nextBoolean() ? 1 : -1) * -Math.log(1 - random.nextDouble()));
  }

  /** Amari's distance of P to a scaled permutation: 0 for one, about 1 for a random matrix. */
  private static double amari(Matrix p) {
    int n = p.rows();
    double sum = 0;
    for (Matrix side : new Matrix[] {p, p.transposed()}) {
      for (int i = 0; i < n; i++) {
        double total = 0;
        double largest = 0;
        for (double value : side.row(i)) {
          total += Math.abs(value);
          largest = Math.max(largest, Math.abs(value));
        }
        sum += total / largest - 1;
      }
    }
    return sum / (2.0 * n * (n - 1));
  }
}
