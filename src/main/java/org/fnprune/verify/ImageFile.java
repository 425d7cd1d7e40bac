package org.fnprune.verify;

import com.google.common.primitives.ImmutableIntArray;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.TaskKind;

/** Reads an image file as red, green and blue planes in the size that the model wants. */
final class ImageFile {

  private static final Set<String> ENDINGS = Set.of("png", "jpg", "jpeg", "bmp", "gif");

  /** Red, green and blue. */
  static final int CHANNELS = 3;

  /** Files may come from anywhere: a small one can claim to be huge. */
  private static final long MAX_PIXELS = 100_000_000;

  private ImageFile() {}

  /** Whether a file's name is that of an image. */
  static boolean isOne(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1));
  }

  /**
   * Reads, resizes, crops and normalises one image.
   *
   * @throws UsageException when it cannot be read, or is smaller than the crop
   */
  static ImageSource.Picture read(Path file, TaskKind.Pixels rule) {
    BufferedImage image = decode(file);
    int height = image.getHeight();
    int width = image.getWidth();
    ImmutableIntArray size = size(rule.resize(), height, width);
    int crop = rule.crop();
    if (crop > Math.min(size.get(0), size.get(1))) {
      throw new UsageException(
          "image "
              + file
              + " is "
              + size.get(0)
              + " × "
              + size.get(1)
              + ", smaller than crop "
              + crop,
          "set resize to " + crop + " or more");
    }
    int top = crop == 0 ? 0 : (int) Math.rint((size.get(0) - crop) / 2.0);
    int left = crop == 0 ? 0 : (int) Math.rint((size.get(1) - crop) / 2.0);
    int outHeight = crop == 0 ? size.get(0) : crop;
    int outWidth = crop == 0 ? size.get(1) : crop;
    float[] values = new float[CHANNELS * outHeight * outWidth];
    for (int channel = 0; channel < CHANNELS; channel++) {
      float[] plane =
          Resampling.resize(plane(image, channel), height, width, size.get(0), size.get(1));
      for (int row = 0; row < outHeight; row++) {
        System.arraycopy(
            plane,
            (top + row) * size.get(1) + left,
            values,
            (channel * outHeight + row) * outWidth,
            outWidth);
      }
    }
    Pixels.normalise(values, CHANNELS, rule.rescale(), rule);
    return new ImageSource.Picture(CHANNELS, outHeight, outWidth, () -> values);
  }

  /** Height and width: both as given, or the shorter as given and the other in proportion. */
  private static ImmutableIntArray size(ImmutableIntArray resize, int height, int width) {
    if (resize.isEmpty()) {
      return ImmutableIntArray.of(height, width);
    }
    if (resize.length() > 1) {
      return resize;
    }
    long shorter = resize.get(0);
    return height <= width
        ? ImmutableIntArray.of((int) shorter, (int) (shorter * width / height))
        : ImmutableIntArray.of((int) (shorter * height / width), (int) shorter);
  }

  private static float[] plane(BufferedImage image, int channel) {
    int width = image.getWidth();
    int[] row = new int[width];
    float[] plane = new float[image.getHeight() * width];
    int shift = Byte.SIZE * (CHANNELS - 1 - channel);
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < width; x++) {
        plane[y * width + x] = (row[x] >> shift) & 0xff;
      }
    }
    return plane;
  }

  private static BufferedImage decode(Path file) {
    try (InputStream in = Files.newInputStream(file);
        ImageInputStream image = ImageIO.createImageInputStream(in)) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(image);
      if (!readers.hasNext()) {
        throw new IOException("it is no image of a known format");
      }
      return decode(readers.next(), image);
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new UsageException(
          "image " + file + " cannot be read: " + e.getMessage(),
          "allowed: PNG, JPEG, BMP and GIF files",
          e);
    }
  }

  private static BufferedImage decode(ImageReader reader, ImageInputStream image)
      throws IOException {
    try {
      reader.setInput(image);
      long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
      if (pixels > MAX_PIXELS) {
        throw new IOException("it has " + pixels + " pixels, more than " + MAX_PIXELS);
      }
      return reader.read(0);
    } finally {
      reader.dispose();
    }
  }
}
