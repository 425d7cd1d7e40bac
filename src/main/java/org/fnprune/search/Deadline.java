package org.fnprune.search;

import java.util.concurrent.TimeUnit;

/** When the time of a search is over. */
final class Deadline {

  private final long end;

  Deadline(double seconds) {
    this.end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.round(1000 * seconds));
  }

  boolean isOver() {
    return System.nanoTime() - end > 0;
  }
}
