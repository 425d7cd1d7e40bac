package org.fnprune.report;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes small pictures of one colour in 16 strengths, transparent where there is nothing. */
final class Png {

  private static final int LEVELS = 16;
  private static final int BITS = 4;

  /** How strong a pixel is. */
  interface Strength {
    /** In 0 … 1. */
    double at(int x, int y);
  }

  private Png() {}

  /**
   * A picture as a {@code data:} address.
   *
   * @param colour red, green and blue
   */
  static String dataUri(int width, int height, int colour, Strength strength) {
    BufferedImage image =
        new BufferedImage(width, height, BufferedImage.TYPE_BYTE_BINARY, palette(colour));
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double value = Math.max(0, Math.min(1, strength.at(x, y)));
        image.getRaster().setSample(x, y, 0, (int) Math.round(value * (LEVELS - 1)));
      }
    }
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(encoded(image));
  }

  private static IndexColorModel palette(int colour) {
    int[] levels = new int[LEVELS];
    for (int i = 0; i < LEVELS; i++) {
      levels[i] = (255 * i / (LEVELS - 1)) << 24 | colour;
    }
    return new IndexColorModel(BITS, LEVELS, levels, 0, true, -1, DataBuffer.TYPE_BYTE);
  }

  private static byte[] encoded(BufferedImage image) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    try {
      ImageWriteParam smallest = writer.getDefaultWriteParam();
      smallest.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      smallest.setCompressionQuality(0);
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(png);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), smallest);
      out.close();
      return png.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
  }
}
