package org.fnprune.fuzz;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Where Jazzer enters. The system property {@code fnprune.fuzz.target} names the target; without
 * it, the first byte of each input does, so that one short run covers them all.
 */
public final class FuzzEntry {

  private static final String TARGET = System.getProperty("fnprune.fuzz.target", "");
  private static final Path FOLDER = Path.of(System.getProperty("fnprune.fuzz.folder", ""));

  /** Targets of a short run: all but the one that runs models, which takes too long. */
  static final ImmutableList<Targets> ALL_AT_ONCE =
      Stream.of(Targets.values())
          .filter(target -> target != Targets.SLIM)
          .collect(ImmutableList.toImmutableList());

  private FuzzEntry() {}

  /** Reads one input. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    if (!TARGET.isEmpty()) {
      Targets.valueOf(TARGET).target().run(input, FOLDER);
    } else if (input.length > 0) {
      ALL_AT_ONCE
          .get((input[0] & 0xff) % ALL_AT_ONCE.size())
          .target()
          .run(Arrays.copyOfRange(input, 1, input.length), FOLDER);
    }
  }
}
