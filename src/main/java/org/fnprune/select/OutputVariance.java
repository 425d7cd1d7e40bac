package org.fnprune.select;

import org.fnprune.capture.Captured;
import org.fnprune.capture.LiveNeurons;
import org.fnprune.capture.Moments;
import org.fnprune.capture.Sketch;
import org.fnprune.linalg.Matrix;

/**
 * tr(W_Sᵀ C_SS W_S), the variance that a set S of neurons writes. Of a sketch, C is taken as its
 * strongest directions and, of the rest, each neuron's own variance: S (V Λ Vᵀ + D) S with S the
 * standard deviations and D such that the diagonal is exact.
 */
@FunctionalInterface
interface OutputVariance {

  /** The variance that {@code neurons} write. */
  double of(int[] neurons);

  /**
   * For a unit.
   *
   * @param consumer W, d × m
   */
  static OutputVariance of(Captured captured, Matrix consumer) {
    if (captured instanceof Moments moments) {
      return neurons -> exact(moments, consumer, neurons);
    }
    return lowRank((Sketch) captured, consumer);
  }

  /** ⟨W, E hhᵀ W⟩ − ‖μW‖², without a copy of the d × d covariance. */
  private static double exact(Moments moments, Matrix consumer, int[] neurons) {
    Matrix weight = consumer.selectRows(neurons);
    Matrix gram = moments.gram().selectRows(neurons).selectCols(neurons);
    Matrix mean = moments.mean().selectCols(neurons).times(weight);
    return weight.inner(gram.times(weight)) / moments.count() - mean.inner(mean);
  }

  private static OutputVariance lowRank(Sketch sketch, Matrix consumer) {
    Matrix variance = sketch.variance();
    boolean[] live = new boolean[sketch.width()];
    LiveNeurons.of(sketch).forEach(j -> live[j] = true);
    // S V √Λ, d × r: its rows' squares are what the directions explain of each variance.
    Matrix directions =
        Matrix.tabulate(
            sketch.width(),
            sketch.values().length(),
            (j, r) ->
                live[j]
                    ? Math.sqrt(variance.get(0, j) * Math.max(sketch.values().get(r), 0))
                        * sketch.vectors().get(j, r)
                    : 0);
    double[] norms = Rankings.squaredNorms(consumer);
    double[] explained = Rankings.squaredNorms(directions);
    return neurons -> {
      Matrix written =
          directions.selectRows(neurons).transposed().times(consumer.selectRows(neurons));
      double sum = written.inner(written);
      for (int j : neurons) {
        sum += live[j] ? (variance.get(0, j) - explained[j]) * norms[j] : 0;
      }
      return sum;
    };
  }
}
