package org.fnprune.fuzz;

import java.nio.file.Path;
import java.util.Arrays;

/**
 * Where Jazzer enters. The system property {@code fnprune.fuzz.target} names the target; without
 * it, the first byte of each input does, so that one short run covers them all.
 */
public final class FuzzEntry {

  private static final String TARGET = System.getProperty("fnprune.fuzz.target", "");
  private static final Path FOLDER = Path.of(System.getProperty("fnprune.fuzz.folder", ""));

  private FuzzEntry() {}

  /** Reads one input. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    if (!TARGET.isEmpty()) {
      Targets.valueOf(TARGET).target().run(input, FOLDER);
    } else if (input.length > 0) {
      Targets[] all = Targets.values();
      all[(input[0] & 0xff) % all.length]
          .target()
          .run(Arrays.copyOfRange(input, 1, input.length), FOLDER);
    }
  }
}
