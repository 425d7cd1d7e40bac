package org.fnprune.report;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes small pictures of one colour in 16 strengths, transparent where there is nothing. */
final class Png {

  private static final int LEVELS = 16;
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10};

  /** How strong a pixel is. */
  interface Strength {
    /** In 0 … 1. */
    double at(int x, int y);
  }

  private Png() {}

  /**
   * A picture as a {@code data:} address (PNG, W3C Recommendation, second edition).
   *
   * @param colour red, green and blue
   */
  static String dataUri(int width, int height, int colour, Strength strength) {
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put((byte) 8).put((byte) 3).put((byte) 0).put((byte) 0).put((byte) 0);
    byte[] palette = new byte[3 * LEVELS];
    byte[] alpha = new byte[LEVELS];
    for (int i = 0; i < LEVELS; i++) {
      palette[3 * i] = (byte) (colour >> 16);
      palette[3 * i + 1] = (byte) (colour >> 8);
      palette[3 * i + 2] = (byte) colour;
      alpha[i] = (byte) (255 * i / (LEVELS - 1));
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.writeBytes(SIGNATURE);
    chunk(png, "IHDR", header.array());
    chunk(png, "PLTE", palette);
    chunk(png, "tRNS", alpha);
    chunk(png, "IDAT", deflated(rows(width, height, strength)));
    chunk(png, "IEND", new byte[0]);
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png.toByteArray());
  }

  /** Each row starts with its filter: none. */
  private static byte[] rows(int width, int height, Strength strength) {
    byte[] rows = new byte[height * (width + 1)];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double value = Math.max(0, Math.min(1, strength.at(x, y)));
        rows[y * (width + 1) + 1 + x] = (byte) Math.round(value * (LEVELS - 1));
      }
    }
    return rows;
  }

  private static byte[] deflated(byte[] raw) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
    try {
      deflater.setInput(raw);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] buffer = new byte[8192];
      while (!deflater.finished()) {
        out.write(buffer, 0, deflater.deflate(buffer));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  private static void chunk(ByteArrayOutputStream png, String type, byte[] data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    png.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    png.writeBytes(name);
    png.writeBytes(data);
    png.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}
