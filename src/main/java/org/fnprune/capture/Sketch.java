package org.fnprune.capture;

import com.google.common.primitives.ImmutableDoubleArray;
import org.fnprune.linalg.Matrix;

/**
 * The moments of single neurons, and the strongest directions of the correlation matrix, found by a
 * randomised range finder in a few passes (Halko, Martinsson and Tropp 2011).
 *
 * @param count n, the number of tokens
 * @param sum Σh, 1 × d
 * @param squares Σh², 1 × d
 * @param values the largest eigenvalues of the correlation matrix found, descending
 * @param vectors d × r, their unit eigenvectors; rows of neurons that do not vary are zero
 * @param residual max over the pairs of |Rv − λv| / λ₁
 */
public record Sketch(
    long count,
    Matrix sum,
    Matrix squares,
    ImmutableDoubleArray values,
    Matrix vectors,
    double residual)
    implements Captured {

  public Sketch {
    if (count < 1) {
      throw new IllegalArgumentException("a sketch of " + count + " tokens");
    }
    if (sum.rows() != 1 || squares.rows() != 1 || squares.cols() != sum.cols()) {
      throw new IllegalArgumentException("sum is " + sum + " but squares are " + squares);
    }
    if (vectors.rows() != sum.cols() || vectors.cols() != values.length()) {
      throw new IllegalArgumentException(values.length() + " values but vectors are " + vectors);
    }
  }
}
