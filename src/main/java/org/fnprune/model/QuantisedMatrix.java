package org.fnprune.model;

import java.util.stream.IntStream;
import org.fnprune.linalg.Matrix;

/**
 * A weight stored as small integers, rows × cols as in the file: each stands for (integer − zero
 * point) · scale, and the entries of a {@link Tiling tile} share scale and zero point.
 */
public final class QuantisedMatrix {

  private final Tiling tiling;
  private final QuantisationScheme scheme;
  private final byte[] integers;
  private final Step[] steps;

  /**
   * A matrix whose integers and steps are still zero.
   *
   * @param scheme how new values become integers
   */
  QuantisedMatrix(Tiling tiling, QuantisationScheme scheme) {
    this.tiling = tiling;
    this.scheme = scheme;
    this.integers = new byte[Math.multiplyExact(tiling.rows(), tiling.cols())];
    this.steps = new Step[tiling.count()];
  }

  /**
   * What is left of a matrix.
   *
   * @param error ‖difference‖ / ‖values‖ over all that was kept; 0 when every value stayed what it
   *     was, else blocks had to be quantised again
   */
  public record Cut(QuantisedMatrix matrix, double error) {

    /** Whether every kept value stayed what it was. */
    public boolean isExact() {
      return error == 0;
    }
  }

  /** Number of rows. */
  public int rows() {
    return tiling.rows();
  }

  /** Number of columns. */
  public int cols() {
    return tiling.cols();
  }

  /** The values that the integers stand for, rows × cols. */
  public Matrix dequantised() {
    double[] values = new double[integers.length];
    for (int tile = 0; tile < steps.length; tile++) {
      for (int row : tiling.rowsOf(tile)) {
        for (int col : tiling.colsOf(tile)) {
          values[row * cols() + col] = steps[tile].value(integer(row, col));
        }
      }
    }
    return Matrix.of(rows(), cols(), values);
  }

  /**
   * Other values in the same scheme, each tile with a new scale and zero point.
   *
   * @throws IllegalArgumentException when they are not finite
   */
  public QuantisedMatrix with(Matrix values) {
    Tiling tiles = tiling.over(values.rows(), values.cols());
    QuantisedMatrix quantised = new QuantisedMatrix(tiles, scheme);
    for (int tile = 0; tile < tiles.count(); tile++) {
      int[] rows = tiles.rowsOf(tile);
      int[] cols = tiles.colsOf(tile);
      Step step = scheme.fit(values.selectRows(rows).selectCols(cols).toArray());
      quantised.put(tile, step);
      for (int row : rows) {
        for (int col : cols) {
          quantised.put(row, col, scheme.integer(step, values.get(row, col)));
        }
      }
    }
    return quantised;
  }

  /** The rows {@code positions}. */
  public Cut selectRows(int[] positions) {
    return new TileSelection(this, positions, all(cols())).cut();
  }

  /** The columns {@code positions}. */
  public Cut selectCols(int[] positions) {
    return new TileSelection(this, all(rows()), positions).cut();
  }

  private static int[] all(int count) {
    return IntStream.range(0, count).toArray();
  }

  /** The integer of an entry. */
  int integer(int row, int col) {
    byte bits = integers[row * cols() + col];
    return scheme.range().low() < 0 ? bits : bits & 0xff;
  }

  /** What the integers of a tile stand for. */
  Step step(int tile) {
    return steps[tile];
  }

  Tiling tiling() {
    return tiling;
  }

  QuantisationScheme scheme() {
    return scheme;
  }

  /** For whoever builds this matrix, before anyone else sees it. */
  void put(int row, int col, int integer) {
    integers[row * cols() + col] = (byte) integer;
  }

  /** For whoever builds this matrix, before anyone else sees it. */
  void put(int tile, Step step) {
    steps[tile] = step;
  }
}
