package org.fnprune.linalg;

import java.io.IOException;
import java.nio.FloatBuffer;

/**
 * A symmetric n × n matrix that adds up in float64 from float32 blocks of its lower triangle.
 * Blocks that do not overlap may be added by several threads at once.
 */
public final class SymmetricSum {

  /** Rows and columns that are mirrored at a time, so that both stay in the cache. */
  private static final int MIRRORED = 64;

  private final int order;
  private double[] values;

  /** A sum of zero. */
  public SymmetricSum(int order) {
    this.order = order;
    this.values = new double[Math.multiplyExact(order, order)];
  }

  /**
   * Adds a block.
   *
   * @param row where its first row belongs
   * @param col where its first column belongs
   * @param cols its columns
   * @param block rows × cols values, row-major
   */
  public void add(int row, int col, int cols, FloatBuffer block) {
    float[] part = new float[cols];
    for (int i = 0; i < block.limit() / cols; i++) {
      block.get(i * cols, part);
      int start = (row + i) * order + col;
      for (int j = 0; j < cols; j++) {
        values[start + j] += part[j];
      }
    }
  }

  /** Writes what was added so far: the lower triangle, row by row. */
  public void save(Numbers.Sink sink) throws IOException {
    for (int i = 0; i < order; i++) {
      sink.put(values, i * order, i + 1);
    }
  }

  /** Goes on from what {@link #save} of a sum of the same order wrote. */
  public void load(Numbers.Source source) throws IOException {
    for (int i = 0; i < order; i++) {
      source.get(values, i * order, i + 1);
    }
  }

  /** The matrix, of which the lower triangle counts. Nothing can be added after that. */
  public Matrix toMatrix() {
    for (int i = 0; i < order; i += MIRRORED) {
      for (int j = 0; j <= i; j += MIRRORED) {
        mirror(i, j);
      }
    }
    Matrix matrix = Matrix.wrap(order, order, values);
    values = new double[0];
    return matrix;
  }

  private void mirror(int firstRow, int firstCol) {
    for (int i = firstRow; i < Math.min(order, firstRow + MIRRORED); i++) {
      for (int j = firstCol; j < Math.min(i, firstCol + MIRRORED); j++) {
        values[j * order + i] = values[i * order + j];
      }
    }
  }
}
