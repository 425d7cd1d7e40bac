package org.fnprune.model;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Which entries of a rows × cols matrix share a scale: tiles of {@code tileRows × tileCols},
 * numbered row by row. Tiles at the far edges may be smaller.
 *
 * @param tileRows rows of a tile; {@link #WHOLE} for all that there are
 * @param tileCols columns of a tile; {@link #WHOLE} for all that there are
 */
record Tiling(int rows, int cols, int tileRows, int tileCols) {

  /** A tile that is as long as the matrix, however long that is. */
  static final int WHOLE = Integer.MAX_VALUE;

  Tiling {
    if (rows < 0 || cols < 0 || tileRows < 1 || tileCols < 1) {
      throw new IllegalArgumentException(
          rows + " × " + cols + " in tiles of " + tileRows + " × " + tileCols);
    }
  }

  /** Tiles of the same kind over another matrix. */
  Tiling over(int otherRows, int otherCols) {
    return new Tiling(otherRows, otherCols, tileRows, tileCols);
  }

  /** Number of tiles on top of each other. */
  int down() {
    return tiles(rows, tileRows);
  }

  /** Number of tiles side by side. */
  int across() {
    return tiles(cols, tileCols);
  }

  /** Number of tiles. */
  int count() {
    return Math.multiplyExact(down(), across());
  }

  /** The tile that an entry lies in. */
  int tile(int row, int col) {
    return row / tileRows * across() + col / tileCols;
  }

  /** The tiles that {@code rows} and {@code cols} meet in, each once. */
  int[] tiles(int[] rows, int[] cols) {
    int[] down = Arrays.stream(rows).map(row -> row / tileRows).distinct().toArray();
    int[] across = Arrays.stream(cols).map(col -> col / tileCols).distinct().toArray();
    return Arrays.stream(down)
        .flatMap(d -> Arrays.stream(across).map(a -> d * across() + a))
        .toArray();
  }

  /** The rows of a tile. */
  int[] rowsOf(int tile) {
    return range(tile / across(), tileRows, rows);
  }

  /** The columns of a tile. */
  int[] colsOf(int tile) {
    return range(tile % across(), tileCols, cols);
  }

  private static int[] range(int index, int tile, int size) {
    long from = (long) index * tile;
    return IntStream.range((int) from, (int) Math.min(from + tile, size)).toArray();
  }

  /** Whether tiles are neither single rows or columns nor as long as the matrix. */
  boolean isBlocked() {
    return isBlock(tileRows) || isBlock(tileCols);
  }

  private static boolean isBlock(int size) {
    return size != 1 && size != WHOLE;
  }

  private static int tiles(int size, int tile) {
    return size / tile + (size % tile == 0 ? 0 : 1);
  }
}
