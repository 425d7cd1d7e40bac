package org.fnprune.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CholeskyTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 33, 256, 310})
  void solutionSatisfiesTheSystem(int order) {
    Matrix factor = Matrices.gaussian(order, 2 * order, order);
    Matrix matrix = factor.timesTransposed(factor);
    Matrix rhs = Matrices.gaussian(order, 5, 9);

    Matrix x = Cholesky.solve(matrix, rhs).orElseThrow();

    Matrices.assertClose(matrix.times(x), rhs, 1e-10);
  }

  @Test
  void indefiniteAndSingularMatricesHaveNoSolution() {
    Matrix rhs = Matrix.zeros(2, 1);
    assertThat(Cholesky.solve(Matrix.of(new double[][] {{1, 2}, {2, 1}}), rhs)).isEmpty();
    assertThat(Cholesky.solve(Matrix.of(new double[][] {{1, 1}, {1, 1}}), rhs)).isEmpty();
    assertThat(Cholesky.solve(Matrix.zeros(2, 2), rhs)).isEmpty();
  }

  @Test
  void rankDeficientGramIsNotSolvedFromRoundingNoise() {
    Matrix factor = Matrices.gaussian(40, 20, 4);
    assertThat(Cholesky.solve(factor.timesTransposed(factor), Matrices.gaussian(40, 3, 5)))
        .isEmpty();
  }

  @Test
  void nothingToSolveIsSolved() {
    assertThat(Cholesky.solve(Matrix.zeros(0, 0), Matrix.zeros(0, 4))).contains(Matrix.zeros(0, 4));
    assertThat(Cholesky.solve(Matrix.identity(3), Matrix.zeros(3, 0))).contains(Matrix.zeros(3, 0));
  }

  @Test
  void wrongShapesAndValuesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cholesky.solve(Matrix.identity(2), Matrix.zeros(3, 1)));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Cholesky.solve(Matrix.identity(2).scaled(Double.NaN), Matrix.zeros(2, 1)));
  }
}
