package org.fnprune.model;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * A range of a file that was checked to be there.
 *
 * @param offset of its first byte
 * @param length in bytes
 */
record FileRange(Path file, long offset, long length) {

  /** Fills {@code buffer} from {@code position} of a file on. */
  static void read(FileChannel channel, long position, ByteBuffer buffer) throws IOException {
    long at = position - buffer.position();
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw new EOFException("the file ended early");
      }
    }
  }
}
