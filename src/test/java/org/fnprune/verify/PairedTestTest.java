package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PairedTestTest {

  private static TaskScores scores(MetricScores metric) {
    return new TaskScores("t", ImmutableList.of(metric));
  }

  private static Comparison compare(MetricScores dense, MetricScores slim) {
    return PairedTest.compare(scores(dense), scores(slim), 42).get(0);
  }

  private static Proportion accuracy(int... correct) {
    return new Proportion("accuracy", ImmutableIntArray.copyOf(correct));
  }

  /** p-values of scipy.stats.binomtest(min, lost + won, 0.5). */
  @ParameterizedTest
  @CsvSource({
    "10, 2, 0.03857421875",
    "2, 10, 0.03857421875",
    "3, 3, 1",
    "0, 0, 1",
    "1, 0, 1",
    "25, 40, 0.08168153394154003",
    "0, 12, 0.00048828125"
  })
  void mcNemarIsTheBinomialTestOfTheDisagreements(int lost, int won, double p) {
    assertThat(PairedTest.mcNemar(lost, won)).isCloseTo(p, within(1e-12));
  }

  @Test
  void mcNemarFarOutInTheTailIsSmallAndNotZero() {
    assertThat(PairedTest.mcNemar(90, 0)).isCloseTo(Math.pow(2, -89), withinPercentage(1e-6));
  }

  @Test
  void accuracyIsComparedExampleByExample() {
    Comparison c = compare(accuracy(1, 1, 1, 0, 1), accuracy(1, 0, 0, 1, 1));
    assertThat(c.dense()).isEqualTo(0.8);
    assertThat(c.slim()).isEqualTo(0.6);
    assertThat(c.delta()).isCloseTo(-0.2, within(1e-12));
    assertThat(c.drop()).isCloseTo(0.2, within(1e-12));
    // Differences 0 −1 −1 1 0: variance (3 − 5·0.04)/4 = 0.7.
    assertThat(c.stderr()).isCloseTo(Math.sqrt(0.7 / 5), within(1e-12));
    assertThat(c.pValue()).isEqualTo(1);
    assertThat(c.n()).isEqualTo(5);
  }

  @Test
  void equalModelsDoNotDiffer() {
    Comparison c = compare(accuracy(1, 0, 1), accuracy(1, 0, 1));
    assertThat(c.delta()).isZero();
    assertThat(c.stderr()).isZero();
    assertThat(c.pValue()).isEqualTo(1);
    Perplexity perplexity =
        new Perplexity(ImmutableDoubleArray.of(1, 2), ImmutableIntArray.of(1, 1));
    assertThat(compare(perplexity, perplexity).pValue()).isEqualTo(1);
    assertThat(compare(perplexity, perplexity).stderr()).isZero();
  }

  @Test
  void oneExampleHasNoStandardError() {
    assertThat(compare(accuracy(1), accuracy(0)).stderr()).isNull();
    assertThat(compare(accuracy(1), accuracy(0)).pValue()).isEqualTo(1);
  }

  private static Perplexity perplexity(double rise) {
    int[] tokens = IntStream.range(0, 300).map(i -> 20 + i * 37 % 180).toArray();
    double[] nll =
        IntStream.range(0, 300)
            .mapToDouble(
                i ->
                    tokens[i]
                        * (1.2
                            + 0.2 * Math.sin(i * 1.7)
                            + rise * (0.02 + 0.05 * Math.sin(i * 2.9))))
            .toArray();
    return new Perplexity(ImmutableDoubleArray.copyOf(nll), ImmutableIntArray.copyOf(tokens));
  }

  /** 20,000 numpy resamples of the same documents: delta 0.06746, standard error 0.00768. */
  @Test
  void perplexityIsBootstrappedOverDocuments() {
    Comparison c = compare(perplexity(0), perplexity(1));
    assertThat(c.delta()).isCloseTo(0.06746, within(1e-5));
    assertThat(c.stderr()).isCloseTo(0.00768, within(0.0004));
    assertThat(c.pValue()).isEqualTo(2.0 / (Bootstrap.RESAMPLES + 1));
    assertThat(c.drop()).isCloseTo(c.slim() / c.dense() - 1, within(1e-15));
    assertThat(compare(perplexity(0), perplexity(1))).isEqualTo(c);
  }

  @Test
  void aDifferenceWithinTheNoiseIsNotSignificant() {
    Perplexity dense =
        new Perplexity(ImmutableDoubleArray.of(1, 2, 3, 4), ImmutableIntArray.of(1, 1, 1, 1));
    Perplexity slim =
        new Perplexity(ImmutableDoubleArray.of(2, 1, 4, 3.1), ImmutableIntArray.of(1, 1, 1, 1));
    assertThat(compare(dense, slim).pValue()).isGreaterThan(0.3).isLessThanOrEqualTo(1);
  }

  @Test
  void aPerplexityThatIsNotANumberHasNoPValue() {
    Perplexity dense = new Perplexity(ImmutableDoubleArray.of(1, 2), ImmutableIntArray.of(1, 1));
    Perplexity slim =
        new Perplexity(ImmutableDoubleArray.of(Double.NaN, 2), ImmutableIntArray.of(1, 1));
    Comparison c = compare(dense, slim);
    assertThat(c.slim()).isNaN();
    assertThat(c.stderr()).isNull();
    assertThat(c.pValue()).isNull();
  }

  @Test
  void refusesScoresOfDifferentExamples() {
    assertThatIllegalArgumentException().isThrownBy(() -> compare(accuracy(1), accuracy(1, 1)));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> compare(accuracy(1), new Proportion("exact_match", ImmutableIntArray.of(1))));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                PairedTest.compare(
                    scores(accuracy(1)),
                    new TaskScores("other", ImmutableList.of(accuracy(1))),
                    1));
  }
}
