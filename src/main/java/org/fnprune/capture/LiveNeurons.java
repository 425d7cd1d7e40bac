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
  public static ImmutableIntArray of(Captured captured) {
    requireFinite(captured);
    Matrix squares = captured.squares();
    Matrix variance = captured.variance();
    double largest = 0;
    for (int j = 0; j < captured.width(); j++) {
      largest = Math.max(largest, variance.get(0, j));
    }
    ImmutableIntArray.Builder live = ImmutableIntArray.builder(captured.width());
    for (int j = 0; j < captured.width(); j++) {
      double square = squares.get(0, j) / captured.count();
      if (variance.get(0, j) > Math.max(CONSTANT * square, SILENT * largest)) {
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
  public static void requireFinite(Captured captured) {
    Matrix squares = captured.squares();
    for (int i = 0; i < captured.width(); i++) {
      requireFinite("sum", i, captured.sum().get(0, i));
      requireFinite("sum of squares", i, squares.get(0, i));
    }
    if (captured instanceof Moments moments) {
      requireFinitePairs(moments.gram());
    }
  }

  private static void requireFinitePairs(Matrix gram) {
    for (int i = 0; i < gram.rows(); i++) {
      for (int j = 0; j < gram.cols(); j++) {
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
