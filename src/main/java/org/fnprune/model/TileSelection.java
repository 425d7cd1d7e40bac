package org.fnprune.model;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Some rows and columns of a quantised matrix, in the same scheme. Where all entries of a new tile
 * come from one old tile, they are copied. Where they come from several, they need one step for
 * all: the best of those that they had, and of a new one.
 */
final class TileSelection {

  private final QuantisedMatrix source;
  private final int[] fromRows;
  private final int[] fromCols;
  private final QuantisedMatrix target;
  private double difference;
  private double norm;

  TileSelection(QuantisedMatrix source, int[] fromRows, int[] fromCols) {
    this.source = source;
    this.fromRows = fromRows;
    this.fromCols = fromCols;
    this.target =
        new QuantisedMatrix(
            source.tiling().over(fromRows.length, fromCols.length), source.scheme());
  }

  QuantisedMatrix.Cut cut() {
    for (int tile = 0; tile < target.tiling().count(); tile++) {
      fill(tile);
    }
    return new QuantisedMatrix.Cut(target, difference == 0 ? 0 : Math.sqrt(difference / norm));
  }

  private void fill(int tile) {
    int[] rows = target.tiling().rowsOf(tile);
    int[] cols = target.tiling().colsOf(tile);
    int[] oldRows = Arrays.stream(rows).map(row -> fromRows[row]).toArray();
    int[] oldCols = Arrays.stream(cols).map(col -> fromCols[col]).toArray();
    int[] sources = source.tiling().tiles(oldRows, oldCols);
    boolean copied = sources.length == 1;
    double[] values = copied ? new double[0] : values(oldRows, oldCols);
    Step step = copied ? source.step(sources[0]) : best(sources, values);
    target.put(tile, step);
    for (int i = 0; i < rows.length; i++) {
      for (int k = 0; k < cols.length; k++) {
        int integer = source.integer(oldRows[i], oldCols[k]);
        double value = source.step(source.tiling().tile(oldRows[i], oldCols[k])).value(integer);
        if (!copied) {
          integer = source.scheme().integer(step, value);
          difference += square(step.value(integer) - value);
        }
        norm += square(value);
        target.put(rows[i], cols[k], integer);
      }
    }
  }

  private double[] values(int[] rows, int[] cols) {
    double[] values = new double[rows.length * cols.length];
    int at = 0;
    for (int row : rows) {
      for (int col : cols) {
        Step step = source.step(source.tiling().tile(row, col));
        values[at++] = step.value(source.integer(row, col));
      }
    }
    return values;
  }

  private Step best(int[] sources, double[] values) {
    Set<Step> steps = new LinkedHashSet<>();
    steps.add(source.scheme().fit(values));
    Arrays.stream(sources).mapToObj(source::step).forEach(steps::add);
    Step best = steps.iterator().next();
    double least = Double.POSITIVE_INFINITY;
    for (Step step : steps) {
      double error = 0;
      for (double value : values) {
        error += square(step.value(source.scheme().integer(step, value)) - value);
      }
      if (error < least) {
        least = error;
        best = step;
      }
    }
    return best;
  }

  private static double square(double x) {
    return x * x;
  }
}
