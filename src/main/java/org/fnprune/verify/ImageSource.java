package org.fnprune.verify;

/** Images with their classes, read when they are needed. */
interface ImageSource {

  /** Number of images. */
  int count();

  /** What the log calls an image. */
  String name(int index);

  /** The class. */
  int gold(int index);

  /**
   * One image, ready for the model.
   *
   * @throws org.fnprune.common.UsageException when it cannot be read
   */
  Picture picture(int index);

  /**
   * An image.
   *
   * @param values channels × height × width, row-major
   */
  record Picture(int channels, int height, int width, Images.Pixels values) {}
}
