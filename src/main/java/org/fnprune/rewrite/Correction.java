package org.fnprune.rewrite;

import java.util.stream.IntStream;
import org.fnprune.capture.ErrorMoments;
import org.fnprune.linalg.Matrix;

/**
 * What is added to a slim unit's output to make up for its error e: hᵀD + b.
 *
 * @param change D, k × m, to add to the weight
 * @param constant b, 1 × m, to add to the bias
 * @param ridge ε of the fit; infinite where only the constant is fitted, NaN where nothing is
 */
record Correction(Matrix change, Matrix constant, double ridge) {

  /** Nothing is added. */
  static Correction none(int neurons, int outputs) {
    return new Correction(Matrix.zeros(neurons, outputs), Matrix.zeros(1, outputs), Double.NaN);
  }

  /** The constant that leaves an error of zero on average beside a change of the weight. */
  static Correction withMeans(ErrorMoments measured, Matrix change, double ridge) {
    Matrix constant = measured.errorMean();
    return new Correction(
        change,
        Double.isFinite(ridge)
            ? constant.minus(measured.activation().mean().times(change))
            : constant,
        ridge);
  }

  /** Whether the weight is changed, and not the bias alone. */
  boolean changesWeight() {
    return Double.isFinite(ridge);
  }

  /** Whether nothing is added. */
  boolean isNone() {
    return Double.isNaN(ridge);
  }

  /** Whether a matrix holds nothing but zeros. */
  static boolean isZero(Matrix matrix) {
    return IntStream.range(0, matrix.rows())
        .allMatch(i -> IntStream.range(0, matrix.cols()).allMatch(j -> matrix.get(i, j) == 0));
  }
}
