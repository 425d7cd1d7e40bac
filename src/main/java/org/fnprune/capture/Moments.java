package org.fnprune.capture;

import com.google.common.primitives.ImmutableIntArray;
import org.fnprune.linalg.Matrix;

/**
 * The first two moments of one unit's activation h ∈ R^d over tokens, uncentred: all that scores,
 * ICA and compensation need. Moments of disjoint data add up.
 *
 * @param count n, the number of tokens (padding excluded)
 * @param sum Σh, 1 × d
 * @param gram Σhhᵀ, d × d, symmetric
 */
public record Moments(long count, Matrix sum, Matrix gram) implements Captured {

  public Moments {
    if (count < 1) {
      throw new IllegalArgumentException("moments of " + count + " tokens");
    }
    if (sum.rows() != 1 || gram.rows() != sum.cols() || gram.cols() != sum.cols()) {
      throw new IllegalArgumentException("sum is " + sum + " but gram is " + gram);
    }
  }

  @Override
  public Matrix squares() {
    return Matrix.of(1, width(), gram.diagonal());
  }

  /** C = E hhᵀ − μμᵀ, d × d. */
  public Matrix covariance() {
    return Matrix.tabulate(
        width(),
        width(),
        (i, j) -> gram.get(i, j) / count - sum.get(0, i) / count * (sum.get(0, j) / count));
  }

  /**
   * The moments of the rest when {@code part} is taken out.
   *
   * @throws IllegalArgumentException when nothing would be left
   */
  public Moments minus(Moments part) {
    return new Moments(count - part.count, sum.minus(part.sum), gram.minus(part.gram));
  }

  /** The moments of some of the neurons. */
  public Moments select(ImmutableIntArray neurons) {
    int[] indices = neurons.toArray();
    return new Moments(
        count, sum.selectCols(indices), gram.selectRows(indices).selectCols(indices));
  }

  /** The same means and products, as if of {@code tokens} tokens. */
  public Moments ofTokens(long tokens) {
    double factor = (double) tokens / count;
    return new Moments(tokens, sum.scaled(factor), gram.scaled(factor));
  }

  /** The moments of both data sets together. */
  public Moments plus(Moments other) {
    return new Moments(count + other.count, sum.plus(other.sum), gram.plus(other.gram));
  }
}
