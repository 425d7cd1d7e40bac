package org.fnprune.data;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/**
 * Follows the frames of a zstd stream (RFC 8878, section 3.1) on its way to the decoder and refuses
 * one that asks for more history than zstd's own tools grant: the decoder would hold that much.
 */
final class ZstdWindows extends ByteFilter {

  /** What zstd's tools decode without being asked to. */
  static final long MAX_WINDOW_BYTES = 128L << 20;

  private static final long MAGIC = 0xFD2FB528L;
  private static final long SKIPPABLE = 0x184D2A50L;
  private static final int RLE = 1;

  /** What the next bytes are. */
  private enum Part {
    MAGIC,
    SKIPPABLE_SIZE,
    DESCRIPTOR,
    HEADER,
    BLOCK
  }

  private Part part = Part.MAGIC;

  /** Bytes to go until the next part starts. */
  private long skip;

  /** Bytes of the part, and those that were read. */
  private int wanted = 4;

  private int taken;
  private final byte[] bytes = new byte[16];
  private int descriptor;

  ZstdWindows(InputStream in) {
    super(in);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int count = in.read(target, offset, length);
    int at = offset;
    while (at < offset + count) {
      if (skip > 0) {
        int step = (int) Math.min(skip, offset + count - at);
        skip -= step;
        at += step;
      } else {
        bytes[taken++] = target[at++];
        if (taken == wanted) {
          end();
        }
      }
    }
    return count;
  }

  /** All bytes of a part are there. */
  private void end() throws IOException {
    switch (part) {
      case MAGIC -> magic();
      case SKIPPABLE_SIZE -> {
        skip = number(0, 4);
        next(Part.MAGIC, 4);
      }
      case DESCRIPTOR -> descriptor();
      case HEADER -> {
        requireWindow();
        next(Part.BLOCK, 3);
      }
      case BLOCK -> block();
    }
  }

  private void next(Part following, int size) {
    part = following;
    wanted = size;
    taken = 0;
  }

  private void magic() throws IOException {
    long magic = number(0, 4);
    if ((magic & ~0xFL) == SKIPPABLE) {
      next(Part.SKIPPABLE_SIZE, 4);
    } else if (magic == MAGIC) {
      next(Part.DESCRIPTOR, 1);
    } else {
      throw new IOException("it is no zstd stream");
    }
  }

  private void descriptor() {
    descriptor = bytes[0] & 0xff;
    next(Part.HEADER, windowBytes() + dictionaryBytes() + sizeBytes());
  }

  private boolean singleSegment() {
    return (descriptor & 0x20) != 0;
  }

  private int windowBytes() {
    return singleSegment() ? 0 : 1;
  }

  private int dictionaryBytes() {
    int flag = descriptor & 3;
    return flag == 3 ? 4 : flag;
  }

  private int sizeBytes() {
    int flag = descriptor >> 6;
    return flag == 0 ? (singleSegment() ? 1 : 0) : 1 << flag;
  }

  /** The history that the decoder keeps: a window, or all of a frame that is one segment. */
  private void requireWindow() throws IOException {
    long window;
    if (singleSegment()) {
      window = number(dictionaryBytes(), sizeBytes());
    } else {
      long base = 1L << (10 + ((bytes[0] & 0xff) >> 3));
      window = base + (base >> 3) * (bytes[0] & 7);
    }
    if (window < 0 || window > MAX_WINDOW_BYTES) {
      throw new IOException(
          String.format(
              Locale.ROOT, "its window is larger than %d bytes (128 MiB)", MAX_WINDOW_BYTES));
    }
  }

  private void block() {
    long header = number(0, 3);
    boolean last = (header & 1) != 0;
    skip = ((header >> 1) & 3) == RLE ? 1 : header >> 3;
    if (last) {
      skip += (descriptor & 4) != 0 ? 4 : 0;
      next(Part.MAGIC, 4);
    } else {
      next(Part.BLOCK, 3);
    }
  }

  /** Bytes as a number, the lowest first. */
  private long number(int start, int count) {
    long number = 0;
    for (int i = 0; i < count; i++) {
      number |= (bytes[start + i] & 0xffL) << (8 * i);
    }
    return number;
  }

  @Override
  public long skip(long count) {
    return 0;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
