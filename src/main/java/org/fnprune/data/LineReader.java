package org.fnprune.data;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.fnprune.common.UsageException;

/**
 * The lines of a stream of UTF-8 text, with or without a byte order mark, one at a time. Each line
 * is decoded by itself, so that one that is not UTF-8 is known by its number and the next can still
 * be read. Of a line that is too long no more than the limit is held.
 */
final class LineReader implements Closeable {

  /** The longest line, in bytes: what is longer is no row of text, or was made to fill memory. */
  static final int MAX_LINE_BYTES = 16 << 20;

  private static final int BUFFER = 1 << 16;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final Path file;
  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private int position;
  private int filled;

  private byte[] line = new byte[BUFFER];
  private int length;
  private boolean ascii;
  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
  private boolean tooLong;
  private String end = "";
  private int number;

  /**
   * @param file names the lines in errors
   */
  LineReader(Path file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  /** Goes to the next line; false when there is none. */
  boolean next() throws IOException {
    if (line.length > BUFFER) {
      line = new byte[BUFFER];
    }
    if (tooLong) {
      read();
    }
    length = 0;
    ascii = true;
    tooLong = false;
    end = "";
    if (!more()) {
      return false;
    }
    number++;
    read();
    return true;
  }

  /** Reads on to the end of the line, or to where it is too long: the rest is for the next call. */
  private void read() throws IOException {
    boolean skipping = tooLong;
    while (end.isEmpty() && tooLong == skipping && more()) {
      int start = position;
      while (position < filled && buffer[position] != '\n' && buffer[position] != '\r') {
        position++;
      }
      append(start, position - start);
      if (position < filled) {
        end = lineEnd();
      }
    }
  }

  private String lineEnd() throws IOException {
    byte first = buffer[position++];
    if (first == '\n') {
      return "\n";
    }
    if (more() && buffer[position] == '\n') {
      position++;
      return "\r\n";
    }
    return "\r";
  }

  private void append(int start, int count) {
    if (tooLong || length + count > MAX_LINE_BYTES) {
      tooLong = true;
      return;
    }
    if (length + count > line.length) {
      line = Arrays.copyOf(line, Math.max(2 * line.length, length + count));
    }
    for (int i = 0; i < count; i++) {
      byte value = buffer[start + i];
      line[length++] = value;
      ascii &= value >= 0;
    }
  }

  /** Whether there is a byte at the position. */
  private boolean more() throws IOException {
    while (position == filled) {
      position = 0;
      filled = Math.max(0, in.read(buffer));
      if (filled == 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether it is longer than {@link #MAX_LINE_BYTES}. */
  boolean isTooLong() {
    return tooLong;
  }

  /** The line's number, from 1. */
  int number() {
    return number;
  }

  /** What ends the line; empty at the end of the file. */
  String end() {
    return end;
  }

  /** Whether there is nothing but blanks in it; false for what is too long or not UTF-8. */
  boolean isBlank() {
    return !tooLong && readableText().isBlank();
  }

  /** Where errors are: {@code file:line: }. */
  String where() {
    return file + ":" + number + ": ";
  }

  /**
   * The line without its end.
   *
   * @throws UsageException when it is too long or not UTF-8
   */
  String text() {
    if (tooLong) {
      throw new UsageException(
          where() + "line is longer than " + MAX_LINE_BYTES + " bytes (16 MiB)",
          "is this the right file? cut the line, or write one row per line");
    }
    if (ascii) {
      return new String(line, 0, length, StandardCharsets.US_ASCII);
    }
    try {
      return unmarked(utf8.decode(ByteBuffer.wrap(line, 0, length)).toString());
    } catch (CharacterCodingException e) {
      throw new UsageException(where() + "not UTF-8 text", "convert the file to UTF-8", e);
    }
  }

  /** The line with marks in place of bytes that are not UTF-8. */
  String readableText() {
    return unmarked(new String(line, 0, length, StandardCharsets.UTF_8));
  }

  private String unmarked(String text) {
    return number == 1 && !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK
        ? text.substring(1)
        : text;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
