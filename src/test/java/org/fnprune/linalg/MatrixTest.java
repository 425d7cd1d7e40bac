package org.fnprune.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatrixTest {

  @ParameterizedTest
  @CsvSource({"2,3,4", "63,65,67", "64,64,64", "1,700,900", "900,700,1", "130,257,70"})
  void productsEqualTheirDefinitionBelowAndAboveTheNativeSize(int rows, int inner, int cols) {
    Matrix a = Matrices.gaussian(rows, inner, 1);
    Matrix b = Matrices.gaussian(inner, cols, 2);
    Matrix expected = Matrix.tabulate(rows, cols, (i, j) -> dot(a, i, b, j));

    Matrices.assertClose(a.times(b), expected, 1e-11);
    Matrices.assertClose(a.timesTransposed(b.transposed()), expected, 1e-11);
  }

  private static double dot(Matrix a, int row, Matrix b, int col) {
    double sum = 0;
    for (int k = 0; k < a.cols(); k++) {
      sum += a.get(row, k) * b.get(k, col);
    }
    return sum;
  }

  @Test
  void productsOfShapesThatDoNotFitAreRefused() {
    Matrix a = Matrix.zeros(2, 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> a.times(a))
        .withMessageContaining("2 × 3");
    assertThatIllegalArgumentException().isThrownBy(() -> a.timesTransposed(Matrix.zeros(3, 2)));
  }

  @Test
  void aCallersArrayIsCopied() {
    double[] values = {1, 2};
    Matrix matrix = Matrix.of(1, 2, values);
    values[0] = 9;
    matrix.toArray()[1] = 9;
    assertThat(matrix.row(0)).containsExactly(1, 2);
  }

  @Test
  void rowsAndColumnsAreSelectedInTheGivenOrder() {
    Matrix matrix = Matrix.of(new double[][] {{1, 2, 3}, {4, 5, 6}});
    assertThat(matrix.selectRows(new int[] {1, 0}).row(0)).containsExactly(4, 5, 6);
    assertThat(matrix.selectCols(new int[] {2, 0}).row(1)).containsExactly(6, 4);
    assertThat(matrix.transposed().row(2)).containsExactly(3, 6);
  }

  @Test
  void partsThatLieBesideEachOtherAreFoundAgain() {
    Matrix left = Matrices.gaussian(3, 2, 1);
    Matrix right = Matrices.gaussian(3, 4, 2);
    Matrix whole = Matrix.beside(List.of(left, right));
    assertThat(whole.columns(0, 2)).isEqualTo(left);
    assertThat(whole.columns(2, 6)).isEqualTo(right);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Matrix.beside(List.of(left, Matrix.zeros(2, 2))));
  }

  @Test
  void aNumberIsAddedToTheDiagonalOnly() {
    Matrix matrix = Matrices.gaussian(4, 4, 1);
    assertThat(matrix.plusDiagonal(2.5)).isEqualTo(matrix.plus(Matrix.identity(4).scaled(2.5)));
  }
}
