package org.fnprune.select;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.ImmutableIntArray;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.fnprune.capture.SampleMoments;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.network.SampleNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HybridSelectorTest {

  private static final ImmutableIntArray FORWARDS = ImmutableIntArray.copyOf(IntStream.range(0, 8));
  private static final ImmutableIntArray BACKWARDS =
      ImmutableIntArray.copyOf(IntStream.range(0, 8).map(i -> 7 - i));

  @Test
  void ordersTakeTurnsByTheShare() {
    assertThat(HybridSelector.merged(FORWARDS, BACKWARDS, 0.5).asList())
        .containsExactly(0, 7, 1, 6, 2, 5, 3, 4);
    assertThat(HybridSelector.merged(FORWARDS, BACKWARDS, 0.25).asList())
        .containsExactly(0, 7, 6, 5, 1, 4, 3, 2);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.25, 0.5, 0.9, 1})
  void everyBeginningHoldsItsShareOfTheFirstOrder(double share) {
    for (long seed = 0; seed < 10; seed++) {
      ImmutableIntArray first = RandomOrders.of(23, seed);
      ImmutableIntArray second = RandomOrders.of(23, seed + 50);
      ImmutableIntArray merged = HybridSelector.merged(first, second, share);
      assertThat(merged.stream().boxed().collect(Collectors.toSet())).hasSize(23);
      for (int n = 1; n <= 23; n++) {
        assertThat(set(merged, n)).containsAll(set(first, (int) Math.ceil(share * n - 1e-9)));
      }
    }
  }

  @Test
  void noShareIsTheSecondOrderAndAllIsTheFirst() {
    assertThat(HybridSelector.merged(FORWARDS, BACKWARDS, 0)).isEqualTo(BACKWARDS);
    assertThat(HybridSelector.merged(FORWARDS, BACKWARDS, 1)).isEqualTo(FORWARDS);
  }

  @Test
  void noShareIsBrainSurgeryAndAllIsCoverage() {
    Matrix samples = Matrices.gaussian(300, 20, 1).times(Matrices.gaussian(20, 20, 2));
    Candidate candidate =
        new Candidate(
            "u",
            0,
            Matrices.gaussian(20, 5, 3),
            1,
            1,
            SampleMoments.of(samples),
            SampleNetworks.of(Matrices.gaussian(4, 20, 4)));
    Ranking obs = new ObsSelector().rank(candidate, 1);
    Ranking coverage = new CoverageSelector().rank(candidate, 1);
    assertThat(obs.order()).isNotEqualTo(coverage.order());
    assertThat(new HybridSelector(0).rank(candidate, 1)).isEqualTo(obs);
    assertThat(new HybridSelector(1).rank(candidate, 1).order()).isEqualTo(coverage.order());
  }

  private static Set<Integer> set(ImmutableIntArray order, int count) {
    return order.subArray(0, count).stream().boxed().collect(Collectors.toSet());
  }

  /** Seeded permutations. */
  private static final class RandomOrders {

    static ImmutableIntArray of(int length, long seed) {
      return Rankings.byScore(Matrices.gaussian(1, length, seed).row(0)).order();
    }
  }
}
