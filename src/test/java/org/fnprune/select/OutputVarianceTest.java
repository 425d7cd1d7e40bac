package org.fnprune.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.fnprune.capture.LiveNeurons;
import org.fnprune.capture.Moments;
import org.fnprune.capture.SampleMoments;
import org.fnprune.capture.Sketch;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.SymmetricEigen;
import org.junit.jupiter.api.Test;

class OutputVarianceTest {

  private static final int WIDTH = 12;

  /** Neurons that go together, one that is dead, with means. */
  private static final Moments MOMENTS =
      SampleMoments.of(
          Matrix.tabulate(
              80,
              WIDTH,
              (t, j) ->
                  j == 3
                      ? 2
                      : Matrices.gaussian(80, 1, 1).get(t, 0) * (j % 4)
                          + Matrices.gaussian(80, WIDTH, 2).get(t, j)
                          + j));

  private static final Matrix WEIGHT = Matrices.gaussian(WIDTH, 5, 3);

  private static Sketch sketch(int rank) {
    Matrix covariance = MOMENTS.covariance();
    double[] scale = new double[WIDTH];
    LiveNeurons.of(MOMENTS).forEach(j -> scale[j] = 1 / Math.sqrt(covariance.get(j, j)));
    SymmetricEigen eigen =
        SymmetricEigen.top(
            Matrix.tabulate(WIDTH, WIDTH, (i, j) -> covariance.get(i, j) * scale[i] * scale[j]),
            rank);
    return new Sketch(
        MOMENTS.count(), MOMENTS.sum(), MOMENTS.squares(), eigen.values(), eigen.vectors(), 0);
  }

  private static void assertSame(Sketch sketch, double tolerance) {
    for (int[] neurons :
        new int[][] {IntStream.range(0, WIDTH).toArray(), {0, 3, 7, 11}, {5}, {3}}) {
      double exact = OutputVariance.of(MOMENTS, WEIGHT).of(neurons);
      assertThat(OutputVariance.of(sketch, WEIGHT).of(neurons))
          .isCloseTo(exact, within(tolerance * Math.max(1, exact)));
    }
  }

  @Test
  void aSketchOfAllDirectionsIsExact() {
    assertSame(sketch(WIDTH - 1), 1e-9);
  }

  /** What no direction explains is each neuron's own: a single neuron is exact at any rank. */
  @Test
  void theDiagonalIsExactAtAnyRank() {
    double exact = OutputVariance.of(MOMENTS, WEIGHT).of(new int[] {5});
    for (int rank : new int[] {1, 4}) {
      assertThat(OutputVariance.of(sketch(rank), WEIGHT).of(new int[] {5}))
          .isCloseTo(exact, within(1e-9 * exact));
    }
  }

  @Test
  void theStrongestDirectionExplainsMostOfWhatNeuronsShare() {
    assertSame(sketch(1), 0.2);
  }
}
