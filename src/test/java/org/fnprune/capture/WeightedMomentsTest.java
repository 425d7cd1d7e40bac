package org.fnprune.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.junit.jupiter.api.Test;

class WeightedMomentsTest {

  private static final Moments TASK = SampleMoments.of(Matrices.gaussian(4000, 3, 1));
  private static final Moments GENERAL =
      SampleMoments.of(
          Matrix.tabulate(100, 3, (t, j) -> 2 + Matrices.gaussian(1, 1, 3L * t + j).get(0, 0)));

  @Test
  void generalTextCountsWeightTimesTheTasksTokens() {
    Moments sum = weighted(0.5).get("u");
    assertThat(sum.count()).isEqualTo(4000 + 2000);
    Matrices.assertClose(sum.sum(), TASK.sum().plus(GENERAL.sum().scaled(2000 / 100.0)), 1e-9);
    Matrices.assertClose(sum.gram(), TASK.gram().plus(GENERAL.gram().scaled(2000 / 100.0)), 1e-9);
  }

  /** The mean is what the weights make of both means, however many tokens either has. */
  @Test
  void meansAreWeighted() {
    Matrix expected = TASK.mean().plus(GENERAL.mean().scaled(3)).scaled(1 / 4.0);
    Matrices.assertClose(weighted(3).get("u").mean(), expected, 1e-12);
  }

  @Test
  void smallWeightIsTheTaskAlone() {
    Moments sum = weighted(0.001).get("u");
    Matrices.assertClose(sum.covariance(), TASK.covariance(), 0.03);
    Matrices.assertClose(sum.mean(), TASK.mean(), 0.003);
    assertThat(Matrices.distance(weighted(1).get("u").mean(), TASK.mean())).isGreaterThan(0.5);
  }

  private static WeightedMoments weighted(double weight) {
    return new WeightedMoments(store(TASK), store(GENERAL), weight);
  }

  private static MomentsStore store(Moments moments) {
    return MomentsStore.of(ImmutableMap.of("u", moments));
  }
}
