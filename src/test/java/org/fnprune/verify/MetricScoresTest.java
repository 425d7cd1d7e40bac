package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MetricScoresTest {

  private static ImmutableIntArray ints(int... values) {
    return ImmutableIntArray.copyOf(values);
  }

  @Test
  void proportionAndItsStandardError() {
    Proportion accuracy = new Proportion("accuracy", ints(1, 0, 1, 1));
    assertThat(accuracy.value()).isEqualTo(0.75);
    assertThat(accuracy.stderr(1)).isEqualTo(Math.sqrt(0.75 * 0.25 / 3));
    assertThat(accuracy.valueOf(new int[] {0, 1, 1, 1})).isEqualTo(0.25);
    assertThat(new Proportion("accuracy", ints(1)).stderr(1)).isNull();
  }

  /** scikit-learn 1.9.1: f1_score([0,0,1,1,2,2,2,4], [0,1,1,1,2,0,3,2], average="macro"). */
  @Test
  void macroF1AsScikitLearnHasIt() {
    MacroF1 f1 = new MacroF1(ints(0, 0, 1, 1, 2, 2, 2, 4), ints(0, 1, 1, 1, 2, 0, 3, 2));
    assertThat(f1.value()).isCloseTo(0.34, within(1e-12));
    assertThat(f1.valueOf(new int[] {2, 2, 3})).isEqualTo(1);
  }

  @Test
  void aMissingPredictionIsNoClassButAMiss() {
    // Class 0: 2·1/(2 + 1) of two true and one predicted; class 1: 1.
    assertThat(new MacroF1(ints(0, 0, 1), ints(0, -1, 1)).value())
        .isCloseTo((2 / 3.0 + 1) / 2, within(1e-12));
  }

  /** The standard error of 4,000 numpy resamples of the same data is 0.02144. */
  @Test
  void macroF1HasABootstrapStandardError() {
    int[] gold = IntStream.range(0, 300).map(i -> i % 3).toArray();
    int[] said = IntStream.range(0, 300).map(i -> i * 7 % 10 < 7 ? i % 3 : i * 5 % 3).toArray();
    MacroF1 f1 = new MacroF1(ints(gold), ints(said));
    assertThat(f1.value()).isCloseTo(0.8, within(1e-12));
    assertThat(f1.stderr(1)).isCloseTo(0.02144, within(0.001)).isEqualTo(f1.stderr(1));
    assertThat(f1.stderr(2)).isNotEqualTo(f1.stderr(1));
  }

  /** Numbers from numpy, by the formula of {@link Perplexity#stderr}. */
  @Test
  void perplexityAndItsDeltaMethodError() {
    Perplexity perplexity =
        new Perplexity(ImmutableDoubleArray.of(3, 10, 4.5, 7), ints(2, 5, 3, 4));
    assertThat(perplexity.value()).isCloseTo(5.754602676005731, within(1e-12));
    assertThat(perplexity.stderr(1)).isCloseTo(0.7314564652507378, within(1e-12));
    assertThat(perplexity.valueOf(new int[] {0, 0})).isCloseTo(Math.exp(1.5), within(1e-12));
  }

  @Test
  void anInfinitePerplexityHasNoStandardError() {
    Perplexity perplexity = new Perplexity(ImmutableDoubleArray.of(5000, 1), ints(1, 1));
    assertThat(perplexity.value()).isInfinite();
    assertThat(perplexity.stderr(1)).isNull();
  }

  @Test
  void refusesScoresThatCannotBe() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Proportion("a", ints(2)));
    assertThatIllegalArgumentException().isThrownBy(() -> new Proportion("a", ints()));
    assertThatIllegalArgumentException().isThrownBy(() -> new MacroF1(ints(0), ints(0, 1)));
    assertThatIllegalArgumentException().isThrownBy(() -> new MacroF1(ints(-1), ints(0)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Perplexity(ImmutableDoubleArray.of(1), ints(0)));
  }
}
