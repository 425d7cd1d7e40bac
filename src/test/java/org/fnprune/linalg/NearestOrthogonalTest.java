package org.fnprune.linalg;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NearestOrthogonalTest {

  @Test
  void rotationTimesPositiveDefiniteGivesTheRotationBack() {
    Matrix rotation = Matrix.of(new double[][] {{0.6, -0.8}, {0.8, 0.6}});
    Matrix stretch = Matrix.of(new double[][] {{3, 1}, {1, 2}});

    assertClose(NearestOrthogonal.of(stretch.times(rotation)), rotation, 1e-14);
  }

  @Test
  void nearlySingularMatrixStillGivesAnOrthogonalOne() {
    Matrix random = random(32, 7);
    for (double smallest : new double[] {1e-4, 1e-6, 1e-9, 1e-15, 0}) {
      Matrix almost =
          Matrix.tabulate(
              32,
              32,
              (i, j) -> i == 5 ? random.get(4, j) + smallest * random.get(5, j) : random.get(i, j));

      Matrix orthogonal = NearestOrthogonal.of(almost);

      assertClose(orthogonal.timesTransposed(orthogonal), Matrix.identity(32), 1e-7);
    }
  }

  @Test
  void zeroGivesAnOrthogonalOne() {
    Matrix orthogonal = NearestOrthogonal.of(Matrix.zeros(5, 5));

    assertClose(orthogonal.timesTransposed(orthogonal), Matrix.identity(5), 1e-15);
  }

  @Test
  void bothWaysAgreeWhereBothAreSound() {
    // Condition just on either side of the switch: the two factors may only differ by rounding.
    Matrix random = NearestOrthogonal.of(random(12, 3));
    Matrix above = Matrix.tabulate(12, 12, (i, j) -> (i == 0 ? 1.1e-4 : 1) * random.get(i, j));
    Matrix below = Matrix.tabulate(12, 12, (i, j) -> (i == 0 ? 0.9e-4 : 1) * random.get(i, j));

    assertClose(NearestOrthogonal.of(above), random, 1e-7);
    assertClose(NearestOrthogonal.of(below), random, 1e-11);
  }

  private static Matrix random(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return Matrix.tabulate(n, n, (i, j) -> random.nextGaussian());
  }

  private static void assertClose(Matrix found, Matrix expected, double tolerance) {
    Matrix difference = found.minus(expected);
    for (int i = 0; i < difference.rows(); i++) {
      for (int j = 0; j < difference.cols(); j++) {
        assertThat(Math.abs(difference.get(i, j))).as("%d, %d", i, j).isLessThan(tolerance);
      }
    }
  }
}
