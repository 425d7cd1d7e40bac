package org.fnprune.capture;

import com.google.common.primitives.ImmutableIntArray;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Matrix;

/**
 * The neurons of a unit that vary over the calibration data. A neuron that is always off, or always
 * the same, has no correlation with anything and would make a covariance singular.
 */
public final class LiveNeurons {

  /**
   * A variance below this share of E h² is what float32 products leave of a constant: a standard
   * deviation under a thousandth of the neuron's size.
   */
  private static final double CONSTANT = 1e-6;

  /** A variance below this share of the unit's largest is rounding beside it. */
  private static final double SILENT = 1e-14;

  private LiveNeurons() {}

  /**
   * Indices of the neurons that vary, ascending.
   *
   * @throws UsageException when a moment is not finite, naming the neuron
   */
  public static ImmutableIntArray of(Moments moments) {
    requireFinite(moments);
    int width = moments.width();
    double[] square = moments.gram().diagonal();
    double[] variance = new double[width];
    double largest = 0;
    for (int j = 0; j < width; j++) {
      double mean = moments.sum().get(0, j) / moments.count();
      square[j] /= moments.count();
      variance[j] = square[j] - mean * mean;
      largest = Math.max(largest, variance[j]);
    }
    ImmutableIntArray.Builder live = ImmutableIntArray.builder(width);
    for (int j = 0; j < width; j++) {
      if (variance[j] > Math.max(CONSTANT * square[j], SILENT * largest)) {
        live.add(j);
      }
    }
    return live.build();
  }

  /**
   * Refuses moments that hold NaN or infinity.
   *
   * @throws UsageException naming the first neuron concerned
   */
  public static void requireFinite(Moments moments) {
    Matrix gram = moments.gram();
    for (int i = 0; i < moments.width(); i++) {
      requireFinite("sum", i, moments.sum().get(0, i));
      requireFinite("sum of squares", i, gram.get(i, i));
    }
    for (int i = 0; i < moments.width(); i++) {
      for (int j = 0; j < moments.width(); j++) {
        if (!Double.isFinite(gram.get(i, j))) {
          requireFinite("product with neuron " + j, i, gram.get(i, j));
        }
      }
    }
  }

  private static void requireFinite(String what, int neuron, double value) {
    if (!Double.isFinite(value)) {
      throw new UsageException(
          "neuron " + neuron + ": the " + what + " over the calibration data is " + value,
          "the model overflows or computes NaN on this text; try other text or a float32 model");
    }
  }
}
