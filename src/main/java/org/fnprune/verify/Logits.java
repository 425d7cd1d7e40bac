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
}
