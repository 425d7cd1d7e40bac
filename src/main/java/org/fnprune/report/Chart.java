package org.fnprune.report;

import com.google.common.collect.ImmutableList;

/**
 * What a plot shows.
 *
 * @param title above it
 * @param x what the horizontal axis is, with its unit
 * @param y what the vertical axis is
 * @param series in the order of the legend
 * @param reference a value of y to compare with: the dense model's
 * @param ratios whether y may be drawn by ratios where it spans orders of magnitude
 */
record Chart(
    String title,
    String x,
    String y,
    ImmutableList<Series> series,
    double reference,
    boolean ratios) {

  /**
   * Points that belong together.
   *
   * @param joined whether a line connects them in their order
   */
  record Series(String name, ImmutableList<Point> points, boolean joined) {

    /** Those that can be drawn. */
    ImmutableList<Point> finite() {
      return points.stream()
          .filter(p -> Double.isFinite(p.x) && Double.isFinite(p.y))
          .collect(ImmutableList.toImmutableList());
    }
  }

  /** A point. */
  record Point(double x, double y) {}
}
