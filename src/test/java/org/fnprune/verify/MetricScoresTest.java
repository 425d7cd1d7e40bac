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

  private static ClassMetric macroF1(ImmutableIntArray gold, ImmutableIntArray predicted) {
    return new ClassMetric(ClassMetric.Rule.MACRO_F1, gold, predicted);
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
    ClassMetric f1 = macroF1(ints(0, 0, 1, 1, 2, 2, 2, 4), ints(0, 1, 1, 1, 2, 0, 3, 2));
    assertThat(f1.value()).isCloseTo(0.34, within(1e-12));
    assertThat(f1.valueOf(new int[] {2, 2, 3})).isEqualTo(1);
  }

  /** scikit-learn 1.9.1 on the same classes: f1_score(average="weighted"), matthews_corrcoef. */
  @Test
  void weightedF1AndMatthewsAsScikitLearnHasThem() {
    ImmutableIntArray gold = ints(0, 0, 1, 1, 2, 2, 2, 4);
    ImmutableIntArray said = ints(0, 1, 1, 1, 2, 0, 3, 2);
    assertThat(new ClassMetric(ClassMetric.Rule.WEIGHTED_F1, gold, said).value())
        .isCloseTo(0.475, within(1e-12));
    assertThat(new ClassMetric(ClassMetric.Rule.MATTHEWS, gold, said).value())
        .isCloseTo(0.34782608695652173, within(1e-12));
    ClassMetric missing = new ClassMetric(ClassMetric.Rule.MATTHEWS, ints(0, 0, 1), ints(0, -1, 1));
    assertThat(missing.value()).isCloseTo(0.6123724356957946, within(1e-12));
    assertThat(new ClassMetric(ClassMetric.Rule.MATTHEWS, ints(0, 1), ints(1, 1)).value()).isZero();
  }

  /** scipy.stats.spearmanr and pearsonr. */
  @Test
  void correlationsAsScipyHasThem() {
    ImmutableDoubleArray scores = ImmutableDoubleArray.of(1, 2.5, 2.5, -3, 0.25, 7);
    ImmutableDoubleArray labels = ImmutableDoubleArray.of(0, 3, 4, 1, 1, 2);
    Correlation ranks = new Correlation(Correlation.Rule.SPEARMAN, scores, labels);
    Correlation values = new Correlation(Correlation.Rule.PEARSON, scores, labels);
    assertThat(ranks.value()).isCloseTo(0.6176470588235294, within(1e-12));
    assertThat(values.value()).isCloseTo(0.4115279978342513, within(1e-12));
    assertThat(ranks.valueOf(new int[] {0, 1, 3})).isCloseTo(0.5, within(1e-12));
    assertThat(
            new Correlation(Correlation.Rule.PEARSON, ImmutableDoubleArray.of(1, 1), labels(0, 1))
                .value())
        .isNaN();
    assertThat(
            new Correlation(
                    Correlation.Rule.SPEARMAN, ImmutableDoubleArray.of(Double.NaN, 1), labels(0, 1))
                .value())
        .isNaN();
  }

  private static ImmutableDoubleArray labels(double... values) {
    return ImmutableDoubleArray.copyOf(values);
  }

  @Test
  void aMeanIsOverAllValuesAndNotOverExamples() {
    Mean mean = new Mean("m", true, labels(1, 9), ints(1, 3));
    assertThat(mean.value()).isEqualTo(2.5);
    assertThat(mean.valueOf(new int[] {1})).isEqualTo(3);
    assertThat(mean.perfect(1).value()).isEqualTo(1);
    // Values of one each: the standard error of a mean is s/√n.
    assertThat(Mean.of("m", true, 1, 2, 4, 5).stderr(1))
        .isCloseTo(Math.sqrt(10 / 3.0 / 4), within(1e-12));
  }

  @Test
  void aMissingPredictionIsNoClassButAMiss() {
    // Class 0: 2·1/(2 + 1) of two true and one predicted; class 1: 1.
    assertThat(macroF1(ints(0, 0, 1), ints(0, -1, 1)).value())
        .isCloseTo((2 / 3.0 + 1) / 2, within(1e-12));
  }

  /** The standard error of 4,000 numpy resamples of the same data is 0.02144. */
  @Test
  void macroF1HasABootstrapStandardError() {
    int[] gold = IntStream.range(0, 300).map(i -> i % 3).toArray();
    int[] said = IntStream.range(0, 300).map(i -> i * 7 % 10 < 7 ? i % 3 : i * 5 % 3).toArray();
    ClassMetric f1 = macroF1(ints(gold), ints(said));
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
    assertThatIllegalArgumentException().isThrownBy(() -> macroF1(ints(0), ints(0, 1)));
    assertThatIllegalArgumentException().isThrownBy(() -> macroF1(ints(-1), ints(0)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Perplexity(ImmutableDoubleArray.of(1), ints(0)));
  }
}
