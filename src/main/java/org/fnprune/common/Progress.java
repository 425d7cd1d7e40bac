package org.fnprune.common;

/** Told how far long work has come. */
public interface Progress {

  /** Nobody is told. */
  Progress NONE = new Progress() {};

  /**
   * A stage starts.
   *
   * @param total units of work in it
   * @param unit what the work is counted in, such as {@code tokens}
   */
  default void start(String stage, long total, String unit) {}

  /** Some of it is done. */
  default void advance(long units) {}

  /** The stage is over. */
  default void done() {}
}
