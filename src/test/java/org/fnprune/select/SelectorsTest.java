package org.fnprune.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.fnprune.capture.Moments;
import org.fnprune.capture.SampleMoments;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.network.NetworkMaps;
import org.fnprune.network.SampleNetworks;
import org.fnprune.recipe.Recipe;
import org.fnprune.recipe.Recipe.Form;
import org.fnprune.recipe.Recipe.SelectorName;
import org.fnprune.select.Selector.Evidence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SelectorsTest {

  /** Rows: a large weight, one of both signs, a small one. */
  private static final Matrix WEIGHT = Matrix.of(new double[][] {{3, 4}, {-2, 2}, {1, 0}});

  /** E h² = 1, 4, 100 and variances 1, 3, 99, as the means are 0, 1, 1. */
  private static final Moments MOMENTS =
      SampleMoments.of(
          Matrix.of(1, 3, new double[] {0, 1, 1}),
          Matrix.of(new double[][] {{1, 0, 0}, {0, 3, 0}, {0, 0, 99}}));

  private static final Matrix MAPS = Matrix.of(new double[][] {{0.5, -2.5, 0}, {1, 0, 2.1}});

  @Test
  void magnitudeIsTheSquaredNormOfTheOutgoingWeights() {
    // 25, 8, 1
    assertRanking(SelectorName.MAGNITUDE, new int[] {0, 1, 2}, zScores(25, 8, 1));
  }

  @Test
  void wandaSpIsMeanWeightTimesRootMeanSquare() {
    // 3.5 · 1, 2 · 2, 0.5 · 10
    assertRanking(SelectorName.WANDA_SP, new int[] {2, 1, 0}, zScores(5, 4, 3.5));
  }

  @Test
  void flapIsVarianceTimesSquaredNorm() {
    // 1 · 25, 3 · 8, 99 · 1
    assertRanking(SelectorName.FLAP, new int[] {2, 0, 1}, zScores(99, 25, 24));
  }

  @Test
  void unionIsTheLargestMapValue() {
    Ranking ranking = new UnionSelector().rank(candidate("u"), 1);
    assertThat(ranking.order().toArray()).containsExactly(1, 2, 0);
    assertThat(ranking.value().toArray()).containsExactly(2.5, 2.1, 1);
  }

  @Test
  void coverageMaximisesTheRootOfEveryNetworksEnergyByItsShare() {
    // ρ = 25, 24, 99. Network 0: z²ρ = 6.25, 150, 0; network 1: 25, 0, 436.59.
    // ω: neurons {1} carry 24 of 148, {2} carry 99 of 148. So 2, 1, then what 0 adds to both.
    double total0 = 156.25;
    double total1 = 25 + 2.1 * 2.1 * 99;
    double w0 = 24 / 148.0;
    double w1 = 99 / 148.0;
    double[] expected = {
      w1 * Math.sqrt(1 - 25 / total1),
      w0 * Math.sqrt(150 / total0),
      w0 * (1 - Math.sqrt(150 / total0)) + w1 * (1 - Math.sqrt(1 - 25 / total1))
    };

    Ranking ranking = new CoverageSelector().rank(candidate("u"), 1);

    assertThat(ranking.order().toArray()).containsExactly(2, 1, 0);
    assertThat(ranking.value().toArray()).containsExactly(expected, within(1e-9));
  }

  @Test
  void keepingTheBestIsTheUnionOfSupportsAtTheBisectedThreshold() {
    Matrix maps = Matrices.gaussian(6, 90, 5);
    Ranking ranking = new UnionSelector().rank(candidate(Matrices.gaussian(90, 4, 6), maps), 1);

    for (int wanted : new int[] {1, 7, 45, 89}) {
      double low = 0;
      double high = 10;
      while (union(maps, (low + high) / 2).length != wanted) {
        double middle = (low + high) / 2;
        if (union(maps, middle).length > wanted) {
          low = middle;
        } else {
          high = middle;
        }
      }
      assertThat(ranking.best(wanted).toArray()).isEqualTo(union(maps, (low + high) / 2));
    }
  }

  private static int[] union(Matrix maps, double threshold) {
    return IntStream.range(0, maps.cols())
        .filter(
            j ->
                IntStream.range(0, maps.rows()).anyMatch(k -> Math.abs(maps.get(k, j)) > threshold))
        .toArray();
  }

  /** The rows and statistics of two channels, two positions each, of four. */
  private static Candidate heads() {
    return new Candidate(
        "u",
        0,
        Matrix.of(new double[][] {{3, 4}, {-2, 2}, {1, 0}, {0, 9}}),
        2,
        1,
        SampleMoments.of(
            Matrix.of(1, 4, new double[] {0, 1, 1, 0}),
            Matrix.of(new double[][] {{1, 0, 0, 0}, {0, 3, 0, 0}, {0, 0, 99, 0}, {0, 0, 0, 0.25}})),
        maps(Matrix.of(new double[][] {{0.5, -2.5, 0, 1}, {1, 0, 2.1, -3}})));
  }

  @ParameterizedTest
  @CsvSource({
    // ‖w‖² = 25, 8, 1, 81
    "MAGNITUDE, 33, 82",
    // mean |w| · rms = 3.5 · 1, 2 · 2, 0.5 · 10, 4.5 · 0.5
    "WANDA_SP, 7.5, 7.25",
    // variance · ‖w‖² = 25, 24, 99, 20.25
    "FLAP, 49, 119.25"
  })
  void aHeadScoresTheSumOverItsPositions(SelectorName name, double first, double second) {
    Ranking ranking = Selectors.of(options(name, Form.UNION)).rank(heads(), 1);
    boolean ascending = first < second;
    assertThat(ranking.order().toArray())
        .containsExactly(ascending ? new int[] {1, 0} : new int[] {0, 1});
    // Of two scores, z is 1 and −1 whatever they are: three heads tell the sums apart.
    Ranking three = Selectors.of(options(name, Form.UNION)).rank(withThird(), 1);
    assertThat(three.value().toArray()).containsExactly(expected(first, second), within(1e-9));
  }

  /** {@link #heads} and a third channel that scores nothing. */
  private static Candidate withThird() {
    Candidate two = heads();
    Matrix weight = Matrix.tabulate(6, 2, (j, i) -> j < 4 ? two.consumer().get(j, i) : 0);
    Moments moments = (Moments) two.requireMoments();
    Matrix mean = Matrix.tabulate(1, 6, (i, j) -> j < 4 ? moments.mean().get(0, j) : 0);
    Matrix covariance =
        Matrix.tabulate(6, 6, (i, j) -> i < 4 && j < 4 ? moments.covariance().get(i, j) : 0);
    return new Candidate("u", 0, weight, 2, 1, SampleMoments.of(mean, covariance), null);
  }

  private static double[] expected(double first, double second) {
    return zScores(Math.max(first, second), Math.min(first, second), 0);
  }

  @Test
  void aHeadIsInTheUnionWhenAnyPositionIs() {
    Ranking ranking = new UnionSelector().rank(heads(), 1);
    assertThat(ranking.order().toArray()).containsExactly(1, 0);
    assertThat(ranking.value().toArray()).containsExactly(3, 2.5);
  }

  @Test
  void aHeadCoversWhatItsPositionsCover() {
    // ρ = 25, 24, 99, 20.25. Network 0: z²ρ = 6.25, 150, 0, 20.25; 1: 25, 0, 436.59, 182.25.
    // ω: position 1 carries 24 of 168.25, positions 2 and 3 carry 119.25.
    double w0 = 24 / 168.25;
    double w1 = 119.25 / 168.25;
    double a0 = 156.25 / 176.5;
    double a1 = 25 / (25 + 436.59 + 182.25);
    double second = w0 * Math.sqrt(1 - a0) + w1 * Math.sqrt(1 - a1);
    Ranking ranking = new CoverageSelector().rank(heads(), 1);
    assertThat(ranking.order().toArray()).containsExactly(1, 0);
    assertThat(ranking.value().toArray())
        .containsExactly(new double[] {second, w0 + w1 - second}, within(1e-9));
  }

  @Test
  void aRandomRankingIsOfHeads() {
    Ranking ranking = new RandomSelector().rank(heads(), 1);
    assertThat(ranking.order().stream().sorted().toArray()).containsExactly(0, 1);
  }

  @Test
  void positionsThatAreNoWholeChannelsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Candidate("u", 0, Matrix.zeros(4, 2), 3, 1, null, null))
        .withMessageContaining("4 positions in channels of 3");
  }

  @Test
  void lazyGreedyIsExactlyPlainGreedy() {
    for (long seed = 0; seed < 20; seed++) {
      Candidate candidate = candidate(Matrices.gaussian(70, 5, seed), quantised(9, 70, seed));

      Ranking lazy = new CoverageSelector().rank(candidate, 1);

      Coverage plain = CoverageSelector.objective(candidate);
      boolean[] taken = new boolean[70];
      for (int step = 0; step < 70; step++) {
        int best = -1;
        for (int j = 0; j < 70; j++) {
          if (!taken[j] && (best < 0 || plain.gain(j) > plain.gain(best))) {
            best = j;
          }
        }
        assertThat(lazy.order().get(step)).isEqualTo(best);
        assertThat(lazy.value().get(step)).isEqualTo(plain.gain(best));
        taken[best] = true;
        plain.add(best);
      }
    }
  }

  /** Maps of few distinct values, so that ties occur. */
  private static Matrix quantised(int networks, int neurons, long seed) {
    Matrix maps = Matrices.gaussian(networks, neurons, 100 + seed);
    return Matrix.tabulate(networks, neurons, (k, j) -> Math.rint(1.5 * maps.get(k, j)));
  }

  @Test
  void aUnitWithoutNetworksOrVarianceIsRankedByIndex() {
    Candidate silent =
        new Candidate(
            "u",
            0,
            WEIGHT,
            1,
            1,
            SampleMoments.of(Matrix.zeros(1, 3), Matrix.zeros(3, 3)),
            SampleNetworks.of(Matrix.zeros(0, 3), 4));

    for (Form form : Form.values()) {
      Ranking ranking =
          Selectors.of(options(SelectorName.FUNCTIONAL_NETWORKS, form)).rank(silent, 1);
      assertThat(ranking.order().toArray()).containsExactly(0, 1, 2);
      assertThat(ranking.value().toArray()).containsExactly(new double[] {0, 0, 0}, within(1e-200));
    }
    assertThat(new FlapSelector().rank(silent, 1).value().toArray()).containsExactly(0, 0, 0);
  }

  @Test
  void randomDependsOnSeedAndUnitOnly() {
    RandomSelector selector = new RandomSelector();
    Candidate one = candidate(Matrices.gaussian(50, 2, 1), Matrices.gaussian(2, 50, 1));
    assertThat(selector.rank(one, 5)).isEqualTo(selector.rank(one, 5));
    assertThat(selector.rank(one, 5).order()).isNotEqualTo(selector.rank(one, 6).order());
    assertThat(selector.rank(candidate("a"), 5).value())
        .isNotEqualTo(selector.rank(candidate("b"), 5).value());
  }

  @ParameterizedTest
  @EnumSource(value = SelectorName.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
  void everyRankingIsAPermutationOfNonIncreasingValues(SelectorName name) {
    for (Form form : Form.values()) {
      Candidate candidate = candidate(Matrices.gaussian(60, 8, 2), Matrices.gaussian(5, 60, 3));
      Ranking ranking = Selectors.of(options(name, form)).rank(candidate, 42);
      assertThat(ranking.order().stream().sorted().toArray())
          .isEqualTo(IntStream.range(0, 60).toArray());
      assertThat(ranking.value().stream().boxed().toList())
          .isSortedAccordingTo((a, b) -> Double.compare(b, a));
    }
  }

  @Test
  void selectorsSayWhatTheyNeed() {
    assertThat(new RandomSelector().needs()).isEmpty();
    assertThat(new MagnitudeSelector().needs()).isEmpty();
    assertThat(new FlapSelector().needs()).containsExactly(Evidence.MOMENTS);
    assertThat(new UnionSelector().needs()).containsExactly(Evidence.NETWORKS);
    assertThat(new CoverageSelector().needs())
        .isEqualTo(Set.of(Evidence.MOMENTS, Evidence.NETWORKS));
    Candidate bare = new Candidate("layer 3", 3, WEIGHT, 1, 1, null, null);
    assertThatIllegalStateException()
        .isThrownBy(() -> new FlapSelector().rank(bare, 1))
        .withMessageContaining("layer 3");
  }

  @Test
  void weightsThatAreNotFiniteAreRefused() {
    Matrix weight = Matrix.of(new double[][] {{1}, {Double.NaN}});
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new MagnitudeSelector().rank(new Candidate("u", 0, weight, 1, 1, null, null), 1))
        .withMessageContaining("channel 1");
  }

  @Test
  void evidenceOfAnotherWidthIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Candidate("u", 0, Matrix.zeros(4, 2), 1, 1, MOMENTS, null));
  }

  private static void assertRanking(SelectorName name, int[] order, double[] values) {
    Ranking ranking = Selectors.of(options(name, Form.UNION)).rank(candidate("u"), 1);
    assertThat(ranking.order().toArray()).isEqualTo(order);
    assertThat(ranking.value().toArray()).containsExactly(values, within(1e-9));
  }

  private static double[] zScores(double... values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    double deviation =
        Math.sqrt(Arrays.stream(values).map(x -> (x - mean) * (x - mean)).average().orElseThrow());
    return Arrays.stream(values).map(x -> (x - mean) / deviation).toArray();
  }

  private static Candidate candidate(String id) {
    return new Candidate(id, 0, WEIGHT, 1, 1, MOMENTS, maps(MAPS));
  }

  private static Candidate candidate(Matrix weight, Matrix maps) {
    Moments moments = SampleMoments.of(Matrices.gaussian(300, weight.rows(), 77));
    return new Candidate("u", 0, weight, 1, 1, moments, maps(maps));
  }

  private static NetworkMaps maps(Matrix maps) {
    return SampleNetworks.of(maps);
  }

  private static Recipe.Prune options(SelectorName name, Form form) {
    return new Recipe.Prune(
        ImmutableList.copyOf(List.of("ffn")),
        new Recipe.Budget.Sparsity(0.5),
        name,
        form,
        null,
        Recipe.Weighting.ENERGY,
        Recipe.AllocationRule.UNIFORM,
        0,
        0,
        1,
        1);
  }
}
