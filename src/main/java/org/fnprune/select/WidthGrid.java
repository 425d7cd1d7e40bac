package org.fnprune.select;

/**
 * The widths a unit may have: multiples of a block, or all of it.
 *
 * @param width d, the full width
 * @param block kept widths below d are multiples of this
 */
record WidthGrid(int width, int block) {

  WidthGrid {
    if (width < 1 || block < 1) {
      throw new IllegalArgumentException("width " + width + " in blocks of " + block);
    }
  }

  /** The smallest width: one block, or all of a unit that is smaller than one. */
  int smallest() {
    return Math.min(block, width);
  }

  /** The largest width of the grid not above {@code bound}, and never below the smallest. */
  int atMost(double bound) {
    if (bound >= width) {
      return width;
    }
    return Math.max((int) Math.floor(bound / block) * block, smallest());
  }

  /** The smallest width of the grid that is not below {@code bound}. */
  int atLeast(int bound) {
    int steps = (Math.max(bound, 1) + block - 1) / block;
    return Math.min(steps * block, width);
  }

  /** The next smaller width, or {@code kept} itself when it is the smallest. */
  int below(int kept) {
    return kept <= smallest() ? kept : atMost(Math.nextDown((double) kept));
  }

  /** The next larger width, or {@code kept} itself when it is the full one. */
  int above(int kept) {
    return Math.min((kept / block + 1) * block, width);
  }
}
