package org.fnprune.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.fnprune.common.UsageException;

/** Something that reads bytes which nobody vouches for. */
interface FuzzTarget {

  /** Small good inputs to start from, made anew by the tests' own code. */
  List<byte[]> seeds() throws IOException;

  /**
   * Reads the input and checks what was read.
   *
   * @param folder an existing folder to write files to; what is in it from before is replaced
   * @throws UsageException when the input is refused as documented
   * @throws Exception when there is a bug
   */
  void read(byte[] input, Path folder) throws Exception;

  /** Reads the input; a documented refusal that says what is wrong is as good as success. */
  default void run(byte[] input, Path folder) throws Exception {
    try {
      read(input, folder);
    } catch (UsageException e) {
      String message = e.getMessage();
      if (message == null || message.isBlank()) {
        throw new AssertionError("a refusal that says nothing", e);
      }
    }
  }

  /** Fails where two things that must be equal are not. */
  static void requireEqual(Object actual, Object expected, String what) {
    if (!actual.equals(expected)) {
      throw new AssertionError(what + ": " + actual + " is not " + expected);
    }
  }
}
