package org.fnprune.runtime;

/** A float input beyond the model's own: its values, row-major, and its shape. */
public final class ExtraInput {

  private final float[] values;
  private final long[] shape;

  /** Takes over both arrays. */
  public ExtraInput(float[] values, long... shape) {
    this.values = values;
    this.shape = shape;
  }

  float[] values() {
    return values;
  }

  long[] shape() {
    return shape;
  }
}
