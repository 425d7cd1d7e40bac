package org.fnprune.network;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.ZScore;

/** Maps over neurons: one network a row. */
final class NeuronMaps {

  private NeuronMaps() {}

  /** Rows of zero mean and unit variance, each with its entry of largest magnitude positive. */
  static Matrix standardised(Matrix maps) {
    double[] signs = signs(maps);
    double[][] rows = new double[maps.rows()][];
    for (int i = 0; i < rows.length; i++) {
      double sign = signs[i];
      rows[i] = Arrays.stream(ZScore.of(maps.row(i))).map(z -> sign * z).toArray();
    }
    return rows.length == 0 ? maps : Matrix.of(rows);
  }

  /** The sign of the entry of largest magnitude of each row, z-scored. */
  static double[] signs(Matrix maps) {
    double[] signs = new double[maps.rows()];
    for (int i = 0; i < signs.length; i++) {
      double[] z = ZScore.of(maps.row(i));
      signs[i] = z[FunctionalNetwork.peak(z)] < 0 ? -1 : 1;
    }
    return signs;
  }

  /** Maps over {@code width} neurons of maps over those that are {@code live}; the rest gets 0. */
  static Matrix spread(Matrix maps, ImmutableIntArray live, int width) {
    double[] values = new double[Math.multiplyExact(maps.rows(), width)];
    for (int i = 0; i < maps.rows(); i++) {
      for (int j = 0; j < live.length(); j++) {
        values[i * width + live.get(j)] = maps.get(i, j);
      }
    }
    return Matrix.of(maps.rows(), width, values);
  }

  /** Maps of two signals of d neurons side by side, folded: of each neuron the larger |z|. */
  static Matrix folded(Matrix sideBySide) {
    int d = sideBySide.cols() / 2;
    if (sideBySide.cols() != 2 * d) {
      throw new IllegalArgumentException(sideBySide + " has no two halves");
    }
    return Matrix.tabulate(
        sideBySide.rows(),
        d,
        (i, j) -> {
          double first = sideBySide.get(i, j);
          double second = sideBySide.get(i, j + d);
          return Math.abs(second) > Math.abs(first) ? second : first;
        });
  }

  /** All rows, below each other. */
  static Matrix stacked(List<Matrix> parts, int cols) {
    List<double[]> rows = new ArrayList<>();
    for (Matrix part : parts) {
      for (int i = 0; i < part.rows(); i++) {
        rows.add(part.row(i));
      }
    }
    return rows.isEmpty() ? Matrix.zeros(0, cols) : Matrix.of(rows.toArray(new double[0][]));
  }

  /**
   * max_k |z_kj| of every neuron.
   *
   * @param maps k × d
   */
  static double[] maxima(Matrix maps) {
    double[] maxima = new double[maps.cols()];
    for (int k = 0; k < maps.rows(); k++) {
      for (int j = 0; j < maxima.length; j++) {
        maxima[j] = Math.max(maxima[j], Math.abs(maps.get(k, j)));
      }
    }
    return maxima;
  }
}
