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

  /** An output of one session as an input of another. */
  public static ExtraInput of(BatchRunner.Output output) {
    float[] values = new float[output.values().remaining()];
    output.values().get(0, values);
    return new ExtraInput(values, output.shape().toArray());
  }

  float[] values() {
    return values;
  }

  long[] shape() {
    return shape;
  }
}
