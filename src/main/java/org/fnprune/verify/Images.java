package org.fnprune.verify;

/**
 * Images that run through a model together.
 *
 * @param count images
 * @param channels of each
 * @param height in pixels
 * @param width in pixels
 * @param pixels source of the values by row-major index, normalised as the model wants them
 */
public record Images(int count, int channels, int height, int width, Pixels pixels) {

  /** Where values come from. */
  @FunctionalInterface
  public interface Pixels {

    /** Copies all values, count × channels × height × width. */
    float[] copy();
  }
}
