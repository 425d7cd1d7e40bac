package org.fnprune.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockKrylovTest {

  @ParameterizedTest
  @ValueSource(ints = {3, 7, 16, 40})
  void convergesToLapacksEigenpairs(int block) {
    Matrix matrix = decaying(150, 5);
    SymmetricEigen expected = SymmetricEigen.top(matrix, 6);

    BlockKrylov.Pairs found = BlockKrylov.top(matrix::times, 150, 6, block, 1, 100, 1e-12);

    assertThat(found.relativeResidual()).isLessThanOrEqualTo(1e-12);
    for (int c = 0; c < 6; c++) {
      assertThat(found.values().get(c)).isCloseTo(expected.values().get(c), within(1e-10));
    }
    Matrices.assertClose(found.vectors(), expected.vectors(), 1e-9);
  }

  @Test
  void residualsAreThoseOfThePairsAlsoWhereNothingHasConverged() {
    Matrix matrix = decaying(150, 5);

    BlockKrylov.Pairs found = BlockKrylov.top(matrix::times, 150, 10, 10, 1, 2, 0);

    Matrix images = matrix.times(found.vectors());
    for (int c = 0; c < 10; c++) {
      double square = 0;
      for (int i = 0; i < 150; i++) {
        double rest = images.get(i, c) - found.values().get(c) * found.vectors().get(i, c);
        square += rest * rest;
      }
      assertThat(found.residuals().get(c)).isCloseTo(Math.sqrt(square), within(1e-11));
    }
    assertThat(found.relativeResidual()).isGreaterThan(1e-6);
    assertThat(found.applications()).isEqualTo(2);
  }

  @Test
  void everyApplicationComesCloserFromBelow() {
    Matrix matrix = decaying(150, 5);
    double before = 0;
    for (int applications = 1; applications <= 5; applications++) {
      BlockKrylov.Pairs found = BlockKrylov.top(matrix::times, 150, 8, 12, 3, applications, 0);
      double sum = found.values().stream().sum();
      assertThat(sum).isGreaterThan(before);
      before = sum;
    }
    double all = SymmetricEigen.top(matrix, 8).values().stream().sum();
    assertThat(before).isCloseTo(all, within(1e-4 * all)).isLessThan(all * (1 + 1e-12));
  }

  @Test
  void lowRankIsFoundExactlyAndTheRestIsZero() {
    Matrix factor = Matrices.gaussian(80, 4, 9);
    Matrix matrix = factor.timesTransposed(factor);

    BlockKrylov.Pairs found = BlockKrylov.top(matrix::times, 80, 7, 10, 1, 4, 1e-12);

    Matrix vectors = found.vectors().transposed();
    assertThat(found.applications()).isEqualTo(2);
    assertThat(found.values().get(6)).isCloseTo(0, within(1e-10));
    Matrices.assertClose(vectors.timesTransposed(vectors), Matrix.identity(7), 1e-12);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 8, 20})
  void aSpaceThatFillsUpGivesAllPairs(int block) {
    Matrix matrix = decaying(20, 2);
    SymmetricEigen expected = SymmetricEigen.of(matrix);

    BlockKrylov.Pairs found = BlockKrylov.top(matrix::times, 20, 20, block, 1, 100, 0);

    assertThat(found.applications()).isEqualTo((20 + block - 1) / block);
    Matrices.assertClose(found.vectors(), expected.vectors(), 1e-9);
    assertThat(found.relativeResidual()).isLessThan(1e-13);
  }

  @Test
  void zeroAndIdentityHaveOrthonormalVectors() {
    for (double scale : new double[] {0, 1}) {
      BlockKrylov.Pairs found = BlockKrylov.top(x -> x.scaled(scale), 30, 12, 5, 1, 9, 1e-12);
      Matrix vectors = found.vectors().transposed();
      Matrices.assertClose(vectors.timesTransposed(vectors), Matrix.identity(12), 1e-12);
      assertThat(found.values().get(11)).isCloseTo(scale, within(1e-12));
    }
  }

  @Test
  void sameSeedSameBitsAndNoMoreApplicationsThanAllowed() {
    Matrix matrix = decaying(150, 5);
    AtomicInteger count = new AtomicInteger();
    BlockKrylov.Operator counting =
        x -> {
          count.incrementAndGet();
          return matrix.times(x);
        };

    BlockKrylov.Pairs one = BlockKrylov.top(counting, 150, 8, 12, 3, 3, 0);

    assertThat(count).hasValue(3);
    assertThat(BlockKrylov.top(counting, 150, 8, 12, 3, 3, 0)).isEqualTo(one);
  }

  @Test
  void impossibleRequestsAndBrokenOperatorsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BlockKrylov.top(x -> x, 10, 11, 5, 1, 9, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BlockKrylov.top(x -> x, 10, 7, 2, 1, 3, 0))
        .withMessageContaining("3 applications to 2 columns");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BlockKrylov.top(x -> x.scaled(Double.NaN), 10, 2, 2, 1, 3, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BlockKrylov.top(Matrix::transposed, 10, 2, 2, 1, 3, 0));
  }

  /** Symmetric, positive definite, eigenvalues 1/i². */
  private static Matrix decaying(int order, long seed) {
    Matrix rotation = NearestOrthogonal.of(Matrices.gaussian(order, order, seed));
    Matrix scaled =
        Matrix.tabulate(order, order, (i, j) -> rotation.get(i, j) * 100 / ((j + 1.0) * (j + 1.0)));
    Matrix product = scaled.timesTransposed(rotation);
    return product.plus(product.transposed()).scaled(0.5);
  }
}
