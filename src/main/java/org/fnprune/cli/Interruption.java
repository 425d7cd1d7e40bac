package org.fnprune.cli;

import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Says what to do when the process is told to stop (SIGINT: exit code 130, SIGTERM: 143, both the
 * Java runtime's own). Nothing has to be cleaned up: whatever is written appears whole or not at
 * all, and what is left over is removed by the next run.
 */
final class Interruption {

  private final AtomicBoolean ended = new AtomicBoolean();

  private Interruption() {}

  /** Watches the process from now on. */
  static Interruption watch(PrintStream err) {
    Interruption interruption = new Interruption();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (!interruption.ended.get()) {
                    err.println();
                    err.println("interrupted; run the same command again to go on");
                  }
                },
                "interruption"));
    return interruption;
  }

  /** The process ends by itself. */
  void ended() {
    ended.set(true);
  }
}
