package org.fnprune.model;

/**
 * How real numbers become integers. In single precision and with ties away from zero, as ONNX
 * Runtime's quantisers do it.
 *
 * @param range the integers to use
 * @param symmetric whether zero is always the middle of the range; else it moves with the values
 * @param blocks whether the scale may be negative, so that the value farthest from zero gets the
 *     one integer more that there is below the middle: what ONNX Runtime does for blocks
 * @param scaleType what scales are stored as
 */
record QuantisationScheme(
    IntegerRange range, boolean symmetric, boolean blocks, ElementType scaleType) {

  /**
   * The finest step that reaches all values.
   *
   * @throws IllegalArgumentException when they are not finite
   */
  Step fit(double[] values) {
    double smallest = Double.POSITIVE_INFINITY;
    double largest = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      smallest = Math.min(smallest, value);
      largest = Math.max(largest, value);
    }
    if (!Double.isFinite(smallest) || !Double.isFinite(largest)) {
      throw new IllegalArgumentException("values that are not finite cannot be quantised");
    }
    return symmetric
        ? symmetric((float) smallest, (float) largest)
        : shifted((float) Math.min(smallest, 0), (float) Math.max(largest, 0));
  }

  private Step symmetric(float smallest, float largest) {
    int centre = range.centre();
    float farthest = Math.abs(largest) > Math.abs(smallest) ? largest : smallest;
    float scale =
        blocks ? farthest / (range.low() - centre) : Math.abs(farthest) / (range.high() - centre);
    return new Step(stored(scale), centre);
  }

  private Step shifted(float smallest, float largest) {
    double scale = stored((largest - smallest) / (range.high() - range.low()));
    int above = scale == 0 ? 0 : Math.round(-smallest / (float) scale);
    return new Step(scale, range.clamp(range.low() + above));
  }

  private double stored(float scale) {
    return FloatCodec.nearest(scale, scaleType);
  }

  /** The integer that stands for the value nearest to {@code value}. */
  int integer(Step step, double value) {
    float zeroPoint = (float) step.zeroPoint();
    float scale = (float) step.scale();
    float steps = scale == 0 ? zeroPoint : (float) value * (1 / scale) + zeroPoint;
    return range.clamp(Math.round(steps));
  }
}
