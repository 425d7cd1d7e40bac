package org.fnprune.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.NearestOrthogonal;
import org.fnprune.linalg.Npy;
import org.fnprune.linalg.Threads;
import org.fnprune.recipe.Networks.Algorithm;
import org.fnprune.recipe.Networks.Nonlinearity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class FastIcaTest {

  @ParameterizedTest
  @MethodSource("settings")
  void equalsScikitLearnFromTheSameStart(FastIca.Settings settings) throws Exception {
    String name = name(settings);

    FastIca.Result result = FastIca.run(oracle("white"), oracle("start"), settings);

    Matrices.assertClose(result.unmixing(), oracle(name), 1e-9);
    assertThat((double) result.iterations()).isEqualTo(oracle(name + "-iterations").get(0, 0));
    assertThat(result.converged()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("settings")
  void fitEqualsScikitLearnFromTheSameStart(FastIca.Settings settings) throws Exception {
    Matrix start = oracle("fit-start");

    Decomposition found = FastIca.fit(oracle("signals"), 5, k -> start, settings);

    String name = "fit-" + name(settings);
    Matrices.assertClose(found.unmixing(), oracle(name + "-unmixing"), 1e-9);
    Matrices.assertClose(found.mixing(), oracle(name + "-mixing"), 1e-9);
  }

  /** Both algorithms with all contrasts, at the usual tolerance. */
  static Stream<FastIca.Settings> settings() {
    return Arrays.stream(Algorithm.values())
        .flatMap(
            algorithm ->
                Arrays.stream(Nonlinearity.values())
                    .map(contrast -> new FastIca.Settings(algorithm, contrast, 1e-4, 200)));
  }

  private static String name(FastIca.Settings settings) {
    return (settings.algorithm() + "-" + settings.nonlinearity()).toLowerCase(Locale.ROOT);
  }

  private static Matrix oracle(String name) throws IOException, URISyntaxException {
    String resource = "/oracle/fastica/" + name + ".npy";
    return Npy.read(
        Path.of(Objects.requireNonNull(FastIcaTest.class.getResource(resource)).toURI()));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void unmixesIndependentSources(FastIca.Settings settings) {
    Matrix mixing = Matrices.gaussian(5, 5, 11);
    Matrix white =
        Whitening.whitened(Whitening.centred(mixing.times(Sources.laplace(5, 20_000, 12))));
    Matrix toWhite = white.timesTransposed(Sources.laplace(5, 20_000, 12)).scaled(1.0 / 20_000);

    FastIca.Result result = FastIca.run(white, FastIca.gaussianStart(5, 13), settings);

    assertThat(result.converged()).isTrue();
    assertThat(Sources.amari(result.unmixing().times(toWhite))).isLessThan(0.05);
    Matrices.assertClose(
        result.unmixing().timesTransposed(result.unmixing()), Matrix.identity(5), 1e-12);
  }

  @ParameterizedTest
  @EnumSource(Algorithm.class)
  void givingUpIsSaid(Algorithm algorithm) {
    FastIca.Settings once = new FastIca.Settings(algorithm, Nonlinearity.CUBE, 1e-12, 1);
    Matrix white = Whitening.whitened(Whitening.centred(Sources.laplace(4, 500, 2)));

    FastIca.Result result = FastIca.run(white, Matrices.gaussian(4, 4, 3), once);

    assertThat(result.converged()).isFalse();
    assertThat(result.iterations()).isEqualTo(1);
    assertThat(result.turns().stream().max().orElse(0)).isGreaterThan(1e-12);
  }

  @Test
  void threadsDoNotChangeABit() {
    Matrix white = Whitening.whitened(Whitening.centred(Sources.laplace(20, 3001, 2)));
    Matrix start = FastIca.gaussianStart(20, 4);
    int before = Threads.get();
    Threads.set(1);
    FastIca.Result one = FastIca.run(white, start, FastIca.Settings.of(Nonlinearity.LOGCOSH));
    Threads.set(3);
    FastIca.Result three = FastIca.run(white, start, FastIca.Settings.of(Nonlinearity.LOGCOSH));
    Threads.set(before);

    assertThat(three).isEqualTo(one);
  }

  @ParameterizedTest
  @EnumSource(Algorithm.class)
  void directionsThatTheContrastCannotTellApartStillGiveAnOrthogonalW(Algorithm algorithm) {
    // E y⁴ = 3 exactly, as for a normal distribution: with cube every step is zero.
    double[] one = {-2, -1, -1, 0, 0, 0, 0, 0, 0, 1, 1, 2};
    Matrix white = Matrix.tabulate(2, 144, (i, j) -> one[i == 0 ? j / 12 : j % 12]);

    FastIca.Result result =
        FastIca.run(
            white,
            Matrix.identity(2),
            new FastIca.Settings(algorithm, Nonlinearity.CUBE, 1e-4, 50));

    Matrices.assertClose(
        result.unmixing().timesTransposed(result.unmixing()), Matrix.identity(2), 1e-12);
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
        .isThrownBy(() -> new FastIca.Settings(Algorithm.PARALLEL, Nonlinearity.CUBE, 0, 10));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> FastIca.run(Matrix.identity(2).scaled(Double.NaN), Matrix.identity(2), settings));
  }
}
