package org.fnprune.data;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds where a file stops being UTF-8; a decoder reads ahead and cannot say it. */
final class Utf8 {

  private Utf8() {}

  /** The first line, from 1, whose bytes are not UTF-8; 1 when the file cannot be read again. */
  static int firstBadLine(Path file) {
    int line = 1;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (int b = in.read(); b >= 0; b = in.read()) {
        bytes.write(b);
        if (b == '\n') {
          if (!valid(bytes.toByteArray())) {
            return line;
          }
          bytes.reset();
          line++;
        }
      }
      return line;
    } catch (IOException e) {
      return 1;
    }
  }

  private static boolean valid(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
