package org.fnprune.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.fnprune.capture.ErrorMoments;
import org.fnprune.capture.Moments;
import org.fnprune.capture.SampleMoments;
import org.fnprune.capture.SplitErrors;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.junit.jupiter.api.Test;

/** What is planted in the samples is what the choice finds. */
class HeldOutChoiceTest {

  private static final int WIDTH = 20;
  private static final Matrix WEIGHT = Matrices.gaussian(WIDTH, 6, 1);
  private static final ImmutableIntArray KEPT =
      ImmutableIntArray.copyOf(IntStream.range(0, WIDTH / 2));
  private static final SlimWeight SLIM = SlimWeight.exact(WEIGHT, KEPT);

  @Test
  void correlationsThatAreNoiseAreNotFitted() {
    HeldOutChoice choice = choice(noise(40, 2, 1), noise(4000, 3, 1), HeldOutChoice.RIDGES);
    assertThat(choice.correction().ridge()).isInfinite();
    assertThat(choice.fit(SLIM).weight()).isEqualTo(WEIGHT.selectRows(KEPT.toArray()));
    assertThat(Correction.isZero(choice.fit(SLIM).biasShift())).isFalse();
  }

  @Test
  void exactRedundancyIsFittedAsCloselyAsCanBe() {
    Matrix mixing = Matrices.gaussian(WIDTH / 2, WIDTH / 2, 4);
    HeldOutChoice choice =
        choice(redundant(500, 5, mixing), redundant(100, 6, mixing), HeldOutChoice.RIDGES);
    assertThat(choice.correction().ridge()).isEqualTo(1e-4);
    int[] pruned = IntStream.range(WIDTH / 2, WIDTH).toArray();
    Matrices.assertClose(
        choice.correction().change(), mixing.times(WEIGHT.selectRows(pruned)), 1e-2);
  }

  @Test
  void nothingIsAddedWhereHeldOutTextContradicts() {
    HeldOutChoice choice = choice(noise(400, 2, 2), noise(400, 3, -2), HeldOutChoice.RIDGES);
    assertThat(choice.correction().isNone()).isTrue();
    assertThat(choice.error()).isEqualTo(choice.uncorrected());
    assertThat(choice.fit(SLIM)).isEqualTo(Compensation.none(WEIGHT, KEPT));
  }

  @Test
  void aRidgeThatIsGivenIsNoneTheLessNotTakenWhereItDoesHarm() {
    assertThat(choice(noise(400, 2, 2), noise(400, 3, -2), List.of(0.01)).correction().isNone())
        .isTrue();
    assertThat(choice(noise(30, 2, 2), noise(400, 3, 2), List.of(0.25)).correction().ridge())
        .isEqualTo(0.25);
  }

  @Test
  void aCorrectionThatSavesTooLittleIsNotMade() {
    SplitErrors errors = errors(noise(400, 2, 0.1), noise(400, 3, 0.1));
    List<Double> bias = List.of(Double.POSITIVE_INFINITY);
    HeldOutChoice any = HeldOutChoice.of(errors, SLIM, bias, 0);
    double saved = 1 - any.error() / any.uncorrected();
    assertThat(saved).isBetween(1e-4, 0.1);
    assertThat(HeldOutChoice.of(errors, SLIM, bias, 0.9 * saved).correction().isNone()).isFalse();
    assertThat(HeldOutChoice.of(errors, SLIM, bias, 1.1 * saved).correction().isNone()).isTrue();
  }

  /** The choice is by the held-out error, the fit is to all samples. */
  @Test
  void theChosenStrengthIsFittedToAllSamples() {
    Matrix mixing = Matrices.gaussian(WIDTH / 2, WIDTH / 2, 4);
    Moments fitting = SampleMoments.of(redundant(300, 5, mixing));
    Moments heldOut = SampleMoments.of(redundant(100, 6, mixing));
    HeldOutChoice choice = HeldOutChoice.of(errors(fitting, heldOut), SLIM, List.of(0.1), 0);

    Compensation.Fit part = fit(fitting);
    assertThat(choice.error())
        .isCloseTo(Compensation.outputError(heldOut, WEIGHT, KEPT, part), within(1e-9));
    assertThat(choice.uncorrected())
        .isCloseTo(
            Compensation.outputError(heldOut, WEIGHT, KEPT, Compensation.none(WEIGHT, KEPT)),
            within(1e-9));
    Compensation.Fit whole = fit(fitting.plus(heldOut));
    Matrices.assertClose(choice.fit(SLIM).weight(), whole.weight(), 1e-9);
    Matrices.assertClose(choice.fit(SLIM).biasShift(), whole.biasShift(), 1e-9);
    assertThat(Matrices.distance(whole.weight(), part.weight())).isGreaterThan(1e-3);
  }

  private static Compensation.Fit fit(Moments moments) {
    return Compensation.fit(moments, WEIGHT, KEPT, CompensationMethod.LEAST_SQUARES, 0.1);
  }

  @Test
  void withoutHeldOutSamplesThereIsOneRidgeAndWithARoundedWeightBiasBeside() {
    assertThat(HeldOutChoice.ridges(null, true, false)).hasSize(6).contains(1e-4, 1.0);
    assertThat(HeldOutChoice.ridges(null, false, false)).containsExactly(0.01);
    assertThat(HeldOutChoice.ridges(0.5, true, false)).containsExactly(0.5);
    assertThat(HeldOutChoice.ridges(0.5, false, true))
        .containsExactly(Double.POSITIVE_INFINITY, 0.5);
  }

  private static HeldOutChoice choice(Matrix fitting, Matrix heldOut, List<Double> ridges) {
    return HeldOutChoice.of(errors(fitting, heldOut), SLIM, ridges, 0);
  }

  private static SplitErrors errors(Matrix fitting, Matrix heldOut) {
    return errors(SampleMoments.of(fitting), SampleMoments.of(heldOut));
  }

  private static SplitErrors errors(Moments fitting, Moments heldOut) {
    return new SplitErrors(
        ErrorMoments.of(fitting, SLIM.lost(), KEPT),
        Optional.of(ErrorMoments.of(heldOut, SLIM.lost(), KEPT)));
  }

  /** Neurons that have nothing to do with each other, of mean {@code mean}. */
  private static Matrix noise(int tokens, long seed, double mean) {
    Matrix noise = Matrices.gaussian(tokens, WIDTH, seed);
    return Matrix.tabulate(tokens, WIDTH, (t, j) -> noise.get(t, j) + mean);
  }

  /** The second half of the neurons are combinations of the first. */
  private static Matrix redundant(int tokens, long seed, Matrix mixing) {
    Matrix first = Matrices.gaussian(tokens, WIDTH / 2, seed);
    return Matrix.beside(List.of(first, first.times(mixing)));
  }
}
