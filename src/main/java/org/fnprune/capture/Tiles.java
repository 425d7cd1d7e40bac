package org.fnprune.capture;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;

/**
 * How Σhhᵀ is split into products that a graph computes: the channels fall into blocks, and only
 * the blocks of the lower triangle are computed, one matrix product each. That leaves (b + 1) / 2b
 * of the arithmetic and of the transfer for b blocks: 56% for eight.
 *
 * @param starts first channel of each block, ascending, and d at the end
 */
record Tiles(ImmutableIntArray starts) {

  /** More blocks save little more and make many small products. */
  private static final int MOST_BLOCKS = 8;

  /** Narrower products are no longer as fast, each for itself. */
  private static final int NARROWEST = 384;

  /**
   * A block of Σhhᵀ.
   *
   * @param row the block of channels that its rows are
   * @param col the block of channels that its columns are, at most {@code row}
   */
  record Tile(int row, int col) {}

  /** The blocks for d channels, as equal as can be. */
  static Tiles of(int width) {
    int blocks = Math.max(1, Math.min(MOST_BLOCKS, (width + NARROWEST - 1) / NARROWEST));
    ImmutableIntArray.Builder starts = ImmutableIntArray.builder(blocks + 1);
    for (int b = 0; b <= blocks; b++) {
      starts.add((int) ((long) width * b / blocks));
    }
    return new Tiles(starts.build());
  }

  int blocks() {
    return starts.length() - 1;
  }

  int start(int block) {
    return starts.get(block);
  }

  int width(int block) {
    return starts.get(block + 1) - starts.get(block);
  }

  /** The tiles of the lower triangle, row by row. */
  ImmutableList<Tile> lower() {
    ImmutableList.Builder<Tile> tiles = ImmutableList.builder();
    for (int row = 0; row < blocks(); row++) {
      for (int col = 0; col <= row; col++) {
        tiles.add(new Tile(row, col));
      }
    }
    return tiles.build();
  }

  /** Entries of all tiles of the lower triangle. */
  long entries() {
    return lower().stream().mapToLong(t -> (long) width(t.row()) * width(t.col())).sum();
  }
}
