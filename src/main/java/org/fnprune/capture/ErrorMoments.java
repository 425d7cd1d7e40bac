package org.fnprune.capture;

import com.google.common.primitives.ImmutableIntArray;
import java.util.stream.IntStream;
import org.fnprune.linalg.Matrix;

/**
 * Moments of a slim unit's activation h ∈ R^k together with the error e ∈ R^m of what it writes to:
 * all that a linear fit of the error on the activation needs. Moments of disjoint data add up.
 *
 * @param activation n, Σh and Σhhᵀ
 * @param errorSum Σe, 1 × m
 * @param cross Σheᵀ, k × m
 * @param errorSquares Σ‖e‖²
 */
public record ErrorMoments(Moments activation, Matrix errorSum, Matrix cross, double errorSquares) {

  public ErrorMoments {
    if (cross.rows() != activation.width() || cross.cols() != errorSum.cols()) {
      throw new IllegalArgumentException(
          cross + " for " + activation.width() + " neurons and " + errorSum.cols() + " outputs");
    }
  }

  /**
   * The error e = h D of a projection whose weight changed by −D, from the moments of all of h.
   *
   * @param moments of h ∈ R^d
   * @param difference D, d × m; rows of zeros cost nothing
   * @param kept the neurons of h that the slim unit has, k of d
   */
  public static ErrorMoments of(Moments moments, Matrix difference, ImmutableIntArray kept) {
    int[] changed =
        IntStream.range(0, difference.rows()).filter(j -> !isZero(difference, j)).toArray();
    Matrix rows = difference.selectRows(changed);
    Matrix products = moments.gram().selectCols(changed).times(rows);
    return new ErrorMoments(
        moments.select(kept),
        moments.sum().selectCols(changed).times(rows),
        products.selectRows(kept.toArray()),
        rows.inner(products.selectRows(changed)));
  }

  private static boolean isZero(Matrix matrix, int row) {
    return IntStream.range(0, matrix.cols()).allMatch(i -> matrix.get(row, i) == 0);
  }

  /** E e, 1 × m. */
  public Matrix errorMean() {
    return errorSum.scaled(1.0 / activation.count());
  }

  /** E heᵀ − E h E eᵀ, k × m. */
  public Matrix crossCovariance() {
    Matrix products = activation.mean().transposed().times(errorMean());
    return cross.scaled(1.0 / activation.count()).minus(products);
  }

  /** E ‖e − E e‖². */
  public double errorVariance() {
    Matrix mean = errorMean();
    return errorSquares / activation.count() - mean.inner(mean);
  }

  /** The moments of both data sets together. */
  public ErrorMoments plus(ErrorMoments other) {
    return new ErrorMoments(
        activation.plus(other.activation),
        errorSum.plus(other.errorSum),
        cross.plus(other.cross),
        errorSquares + other.errorSquares);
  }

  /** The same means and products, as if of {@code tokens} tokens. */
  public ErrorMoments ofTokens(long tokens) {
    double factor = (double) tokens / activation.count();
    return new ErrorMoments(
        activation.ofTokens(tokens),
        errorSum.scaled(factor),
        cross.scaled(factor),
        errorSquares * factor);
  }

  /**
   * The moments as if all means were zero. What is fitted to them is a fit without a constant: all
   * products are about zero, and the constant comes out as zero.
   */
  public ErrorMoments aboutZero() {
    return new ErrorMoments(
        new Moments(activation.count(), Matrix.zeros(1, activation.width()), activation.gram()),
        Matrix.zeros(1, errorSum.cols()),
        cross,
        errorSquares);
  }
}
