package org.fnprune.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import java.util.BitSet;
import java.util.SplittableRandom;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.network.Thresholds.Cut;
import org.fnprune.recipe.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThresholdsTest {

  private static final Matrix MAPS = Matrices.gaussian(5, 300, 2);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 17, 150, 299, 300})
  void theUnionHasExactlyTheWantedSize(int wanted) {
    assertThat(union(MAPS, new Thresholds.Budget(wanted))).isEqualTo(wanted);
  }

  /** τ itself is where a bisection of the union's size ends. */
  @Test
  void theBudgetsThresholdIsWhereBisectionEnds() {
    double low = 0;
    double high = 10;
    while (high - low > 1e-14) {
      double middle = (low + high) / 2;
      if (union(MAPS, new Thresholds.Z(middle)) > 100) {
        low = middle;
      } else {
        high = middle;
      }
    }
    assertThat(new Thresholds.Budget(100).of(MAPS).get(0).tau()).isCloseTo(high, within(1e-13));
  }

  @Test
  void budgetsBeyondTheNeuronsKeepAllThatVary() {
    Matrix maps = Matrix.of(new double[][] {{0, 1, -1, 0}, {0, 2, -1, 0}});
    assertThat(union(maps, new Thresholds.Budget(4))).isEqualTo(2);
    assertThat(union(maps, new Thresholds.Budget(9))).isEqualTo(2);
    assertThatIllegalArgumentException().isThrownBy(() -> new Thresholds.Budget(-1));
  }

  @Test
  void ofEqualNeuronsNoneIsTakenWhereNotAllFit() {
    Matrix maps = Matrix.of(new double[][] {{3, 2, -2, 2, 1}});
    assertThat(union(maps, new Thresholds.Budget(2))).isEqualTo(1);
    assertThat(union(maps, new Thresholds.Budget(4))).isEqualTo(4);
  }

  @Test
  void aNumberIsTakenAsItIs() {
    Matrix maps = Matrix.of(new double[][] {{2, -2.1, 1.9}});
    assertThat(members(maps, new Thresholds.Z(2))).isEqualTo(1);
  }

  /** nilearn: the percentile 100 − 100 ratio/k of all values; those that reach it stay. */
  @Test
  void ratioKeepsThatManySupportsPerNeuron() {
    for (double ratio : new double[] {0.1, 0.5, 1, 2.5}) {
      assertThat(members(MAPS, new Thresholds.Ratio(ratio)) / 300.0)
          .isCloseTo(ratio, within(1.0 / 300));
    }
    assertThat(members(MAPS, new Thresholds.Ratio(5))).isEqualTo(1500);
    assertThat(members(MAPS, new Thresholds.Ratio(50))).isEqualTo(1500);
  }

  /** numpy.percentile(|values|, 100 − 100 · 1/2) of 1 … 8 is 4.5; of 1 … 7 it is 4, which stays. */
  @Test
  void ratioInterpolatesThePercentileAndKeepsWhatReachesIt() {
    Matrix even = Matrix.of(new double[][] {{1, -2, 3, -4}, {5, -6, 7, -8}});
    assertThat(new Thresholds.Ratio(1).of(even).get(0).tau()).isCloseTo(4.5, within(1e-12));
    assertThat(members(even, new Thresholds.Ratio(1))).isEqualTo(4);
    Matrix odd = Matrix.of(new double[][] {{1, -2, 3, -4, 5, -6, 7}});
    assertThat(members(odd, new Thresholds.Ratio(0.5))).isEqualTo(4);
  }

  @Test
  void falseDiscoveriesStayBelowTheRateAndMembersAreFound() {
    for (double rate : new double[] {0.05, 0.2}) {
      double falseShare = 0;
      double power = 0;
      int trials = 200;
      for (int trial = 0; trial < trials; trial++) {
        SplittableRandom random = new SplittableRandom(trial);
        Matrix map =
            Matrix.tabulate(
                1,
                1000,
                (i, j) -> 0.3 + random.nextGaussian() + (j < 50 ? (j % 2 == 0 ? 6 : -6) : 0));
        Cut cut = new Thresholds.Fdr(rate).of(map).get(0);
        int found = 0;
        int wrong = 0;
        for (int j = 0; j < 1000; j++) {
          if (cut.admits(map.get(0, j))) {
            found++;
            wrong += j < 50 ? 0 : 1;
          }
        }
        falseShare += (double) wrong / Math.max(1, found) / trials;
        power += (found - wrong) / 50.0 / trials;
      }
      assertThat(falseShare).isLessThanOrEqualTo(rate).isGreaterThan(rate / 3);
      assertThat(power).isGreaterThan(0.9);
    }
  }

  @Test
  void aMapOfNoiseHasMostlyNoSupport() {
    int found = 0;
    for (long seed = 0; seed < 100; seed++) {
      found += members(Matrices.gaussian(1, 500, seed), new Thresholds.Fdr(0.05)) > 0 ? 1 : 0;
    }
    assertThat(found).isLessThan(15);
  }

  /** Scale and offset of the null are the map's own. */
  @Test
  void theNullIsEmpirical() {
    Matrix map = Matrix.tabulate(1, 400, (i, j) -> MAPS.get(0, j % 300) + (j >= 380 ? 9 : 0));
    Matrix moved = Matrix.tabulate(1, 400, (i, j) -> 5 + 3 * map.get(0, j));
    int members = members(map, new Thresholds.Fdr(0.1));

    assertThat(members).isBetween(20, 26);
    assertThat(members(moved, new Thresholds.Fdr(0.1))).isEqualTo(members);
  }

  @Test
  void neuronsThatNeverVaryAreNoPartOfTheNull() {
    Matrix map = Matrix.tabulate(1, 200, (i, j) -> j >= 190 ? 9 + j : MAPS.get(0, j));
    Matrix widened = Matrix.tabulate(1, 1000, (i, j) -> j < 200 ? map.get(0, j) : 0);

    assertThat(new Thresholds.Fdr(0.05).of(widened)).isEqualTo(new Thresholds.Fdr(0.05).of(map));
    assertThat(members(widened, new Thresholds.Fdr(0.05))).isGreaterThanOrEqualTo(10);
  }

  /** Of a map without outliers nothing is found, whatever the numbers: τ is infinite, not large. */
  @Test
  void whereNothingIsFoundThereIsNoThreshold() {
    Matrix uniform = Matrix.tabulate(1, 50, (i, j) -> (j - 24.5) / 15);

    assertThat(new Thresholds.Fdr(0.05).of(uniform).get(0).tau())
        .isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void degenerateMapsHaveEmptySupports() {
    Matrix constant = Matrix.tabulate(2, 9, (i, j) -> i == 0 ? 0 : j == 8 ? 4 : 1);
    assertThat(members(constant, new Thresholds.Fdr(0.5))).isZero();
    for (Thresholds thresholds :
        ImmutableList.of(
            new Thresholds.Budget(3),
            new Thresholds.Z(1),
            new Thresholds.Ratio(1),
            new Thresholds.Fdr(0.1))) {
      assertThat(thresholds.of(Matrix.zeros(0, 9))).isEmpty();
      assertThat(members(Matrix.zeros(2, 9), thresholds)).isZero();
      assertThat(thresholds.of(Matrix.zeros(2, 0))).hasSize(2);
    }
  }

  @Test
  void recipesNameThem() {
    assertThat(Thresholds.of(new Networks.Threshold.Budget(), 7))
        .isEqualTo(new Thresholds.Budget(7));
    assertThat(Thresholds.of(new Networks.Threshold.Z(3.5), 7)).isEqualTo(new Thresholds.Z(3.5));
    assertThat(Thresholds.of(new Networks.Threshold.Ratio(1.5), 7))
        .isEqualTo(new Thresholds.Ratio(1.5));
    assertThat(Thresholds.of(new Networks.Threshold.Fdr(0.05), 7))
        .isEqualTo(new Thresholds.Fdr(0.05));
  }

  private static int union(Matrix maps, Thresholds thresholds) {
    BitSet union = new BitSet();
    FunctionalNetwork.of(SampleNetworks.of(maps), thresholds)
        .forEach(network -> network.support().forEach(union::set));
    return union.cardinality();
  }

  private static int members(Matrix maps, Thresholds thresholds) {
    return FunctionalNetwork.of(SampleNetworks.of(maps), thresholds).stream()
        .mapToInt(network -> network.support().length())
        .sum();
  }
}
