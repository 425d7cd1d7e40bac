package org.fnprune.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SymmetricEigenTest {

  @Test
  void smallMatrixHasItsKnownEigenpairs() {
    SymmetricEigen eigen = SymmetricEigen.of(Matrix.of(new double[][] {{2, 1}, {1, 2}}));

    assertThat(eigen.values().get(0)).isCloseTo(3, within(1e-14));
    assertThat(eigen.values().get(1)).isCloseTo(1, within(1e-14));
    double half = Math.sqrt(0.5);
    assertThat(eigen.vectors().get(0, 0)).isCloseTo(half, within(1e-14));
    assertThat(eigen.vectors().get(1, 0)).isCloseTo(half, within(1e-14));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 64, 255, 300})
  void pairsReproduceTheMatrixInDescendingOrderWithPeaksPositive(int order) {
    Matrix matrix = symmetric(order);
    SymmetricEigen eigen = SymmetricEigen.of(matrix);

    assertThat(SelfTest.eigenResidual(matrix, eigen)).isLessThan(1e-12);
    assertThat(eigen.values().stream().toArray())
        .isSortedAccordingTo((a, b) -> Double.compare(b, a));
    for (int c = 0; c < order; c++) {
      double[] vector = eigen.vectors().transposed().row(c);
      double largest = 0;
      for (double value : vector) {
        largest = Math.abs(value) > Math.abs(largest) ? value : largest;
      }
      assertThat(largest).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 49, 51, 200})
  void topEqualsTheFirstOfAll(int k) {
    Matrix matrix = symmetric(200);
    SymmetricEigen all = SymmetricEigen.of(matrix);
    SymmetricEigen top = SymmetricEigen.top(matrix, k);

    assertThat(top.values().length()).isEqualTo(k);
    assertThat(top.vectors().cols()).isEqualTo(k);
    for (int c = 0; c < k; c++) {
      assertThat(top.values().get(c)).isCloseTo(all.values().get(c), within(1e-11));
      for (int i = 0; i < 200; i++) {
        assertThat(top.vectors().get(i, c)).isCloseTo(all.vectors().get(i, c), within(1e-8));
      }
    }
  }

  @Test
  void repeatedEigenvaluesStillGiveOrthonormalVectors() {
    Matrix low = Matrices.gaussian(120, 4, 3);
    Matrix matrix = low.timesTransposed(low).plus(Matrix.identity(120));

    assertThat(SelfTest.eigenResidual(matrix, SymmetricEigen.of(matrix))).isLessThan(1e-12);
    assertThat(SelfTest.eigenResidual(matrix, SymmetricEigen.top(matrix, 20))).isLessThan(1e-12);
  }

  @Test
  void valuesThatAreNotFiniteAreRefusedWithTheirPlace() {
    Matrix matrix = Matrix.of(new double[][] {{1, Double.NaN}, {0, 1}});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SymmetricEigen.of(matrix))
        .withMessageContaining("NaN in row 0, column 1");
  }

  @Test
  void matricesThatAreNotSymmetricAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SymmetricEigen.top(Matrix.of(new double[][] {{1, 2}, {0, 1}}), 1));
    assertThatIllegalArgumentException().isThrownBy(() -> SymmetricEigen.of(Matrix.zeros(2, 3)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SymmetricEigen.top(Matrix.identity(3), 4))
        .withMessageContaining("4 eigenvectors");
  }

  private static Matrix symmetric(int order) {
    Matrix factor = Matrices.gaussian(order, order, order);
    return factor.plus(factor.transposed());
  }
}
