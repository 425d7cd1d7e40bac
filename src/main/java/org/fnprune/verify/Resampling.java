package org.fnprune.verify;

/**
 * Changes the size of a channel as Pillow's bilinear filter does: a triangle as wide as the pixels
 * that fall together, first along rows and then along columns, rounded to whole numbers each time.
 */
final class Resampling {

  /** Pillow's weights are whole numbers of 22 bits; without them, halves round another way. */
  private static final long ONE = 1 << 22;

  private static final long HALF = ONE / 2;

  private Resampling() {}

  /**
   * One channel in another size.
   *
   * @param values height × width of 0 to 255
   * @return newHeight × newWidth of 0 to 255
   */
  static float[] resize(float[] values, int height, int width, int newHeight, int newWidth) {
    float[] narrow = new float[height * newWidth];
    for (int row = 0; row < height; row++) {
      line(values, row * width, 1, width, narrow, row * newWidth, 1, newWidth);
    }
    float[] small = new float[newHeight * newWidth];
    for (int column = 0; column < newWidth; column++) {
      line(narrow, column, newWidth, height, small, column, newWidth, newHeight);
    }
    return small;
  }

  private static void line(
      float[] from, int at, int step, int length, float[] to, int toAt, int toStep, int toLength) {
    if (length == toLength) {
      for (int i = 0; i < length; i++) {
        to[toAt + i * toStep] = from[at + i * step];
      }
      return;
    }
    double scale = length / (double) toLength;
    double support = Math.max(1, scale);
    for (int i = 0; i < toLength; i++) {
      double centre = (i + 0.5) * scale;
      int first = Math.max(0, (int) (centre - support + 0.5));
      int end = Math.min(length, (int) (centre + support + 0.5));
      double weights = 0;
      for (int x = first; x < end; x++) {
        weights += triangle((x - centre + 0.5) / support);
      }
      long sum = HALF;
      for (int x = first; x < end; x++) {
        long weight = (long) (0.5 + ONE * (triangle((x - centre + 0.5) / support) / weights));
        sum += weight * (long) from[at + x * step];
      }
      to[toAt + i * toStep] = (int) (sum / ONE);
    }
  }

  private static double triangle(double distance) {
    return Math.max(0, 1 - Math.abs(distance));
  }
}
