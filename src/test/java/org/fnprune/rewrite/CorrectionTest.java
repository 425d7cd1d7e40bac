package org.fnprune.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.ImmutableIntArray;
import java.util.stream.IntStream;
import org.fnprune.capture.ErrorMoments;
import org.fnprune.capture.SampleMoments;
import org.fnprune.linalg.Matrices;
import org.fnprune.linalg.Matrix;
import org.fnprune.recipe.Recipe.CompensationMethod;
import org.fnprune.rewrite.Compensation.Fit;
import org.junit.jupiter.api.Test;

/** The correction of a measured error against the fit that knows what was pruned. */
class CorrectionTest {

  private static final int TOKENS = 500;
  private static final int WIDTH = 24;
  private static final Matrix WEIGHT = Matrices.gaussian(WIDTH, 5, 1);
  private static final Matrix HIDDEN =
      Matrices.gaussian(TOKENS, WIDTH, 2)
          .times(Matrices.gaussian(WIDTH, WIDTH, 3))
          .plus(Matrix.tabulate(TOKENS, WIDTH, (t, j) -> j / 5.0));
  private static final int[] KEPT = IntStream.range(0, WIDTH).filter(j -> j % 3 != 1).toArray();
  private static final int[] PRUNED = IntStream.range(0, WIDTH).filter(j -> j % 3 == 1).toArray();

  @Test
  void errorOfThePrunedNeuronsAloneGivesLeastSquares() {
    Matrix error = HIDDEN.selectCols(PRUNED).times(WEIGHT.selectRows(PRUNED));

    Fit corrected = Compensation.correct(measured(error), WEIGHT.selectRows(KEPT), 0.01);

    Fit known =
        Compensation.fit(
            SampleMoments.of(HIDDEN),
            WEIGHT,
            ImmutableIntArray.copyOf(KEPT),
            CompensationMethod.LEAST_SQUARES,
            0.01);
    Matrices.assertClose(corrected.weight(), known.weight(), 1e-9);
    Matrices.assertClose(corrected.biasShift(), known.biasShift(), 1e-8);
  }

  @Test
  void errorOfEarlierLayersThatTheKeptNeuronsExplainIsTakenAwayWhole() {
    Matrix lost = Matrices.gaussian(KEPT.length, 5, 4);
    Matrix constant = Matrix.tabulate(TOKENS, 5, (t, j) -> j + 1);
    Matrix error = HIDDEN.selectCols(KEPT).times(lost).plus(constant);

    Fit corrected = Compensation.correct(measured(error), WEIGHT.selectRows(KEPT), 0);

    Matrices.assertClose(corrected.weight(), WEIGHT.selectRows(KEPT).plus(lost), 1e-8);
    Matrices.assertClose(corrected.biasShift(), Matrix.tabulate(1, 5, (i, j) -> j + 1), 1e-8);
  }

  @Test
  void neuronsThatNeverVaryTakeNoPart() {
    Matrix hidden = Matrix.tabulate(TOKENS, 3, (t, j) -> j == 1 ? 7 : HIDDEN.get(t, j));
    Matrix error = Matrix.tabulate(TOKENS, 2, (t, j) -> 3 * hidden.get(t, 0) + j);
    Matrix weight = Matrices.gaussian(3, 2, 9);

    Fit corrected = Compensation.correct(measured(hidden, error), weight, 0);

    assertThat(corrected.weight().row(1)).containsExactly(weight.row(1));
    Matrices.assertClose(
        corrected.weight().minus(weight).selectRows(new int[] {0, 2}),
        Matrix.of(new double[][] {{3, 3}, {0, 0}}),
        1e-8);
  }

  private static ErrorMoments measured(Matrix error) {
    return measured(HIDDEN.selectCols(KEPT), error);
  }

  private static ErrorMoments measured(Matrix hidden, Matrix error) {
    Matrix ones = Matrix.tabulate(1, error.rows(), (i, j) -> 1);
    return new ErrorMoments(
        SampleMoments.of(hidden),
        ones.times(error),
        hidden.transposed().times(error),
        error.inner(error));
  }
}
