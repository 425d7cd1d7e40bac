package org.fnprune.verify;

import com.google.common.primitives.ImmutableIntArray;
import java.nio.FloatBuffer;

/**
 * The first output of a model: {@code batch × sequence × vocabulary} for language models, {@code
 * batch × classes} for classifiers.
 *
 * @param values row-major, read by absolute index
 * @param shape two or three dimensions
 */
public record Logits(FloatBuffer values, ImmutableIntArray shape) {

  /** Size of the last axis. */
  public int classes() {
    return shape.get(shape.length() - 1);
  }

  /**
   * log Σ exp of {@code classes} values from {@code start} on, in float64.
   *
   * @return NaN when a value is not a number
   */
  public static double logSumExp(FloatBuffer values, int start, int classes) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      largest = Math.max(largest, values.get(start + c));
    }
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += Math.exp((double) values.get(start + c) - largest);
    }
    return Math.log(sum) + largest;
  }
}
