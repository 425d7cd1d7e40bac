package org.fnprune.recipe;

/**
 * Where the model runs.
 *
 * @param kind {@code AUTO} takes CUDA when it works and the CPU otherwise
 * @param ordinal the CUDA device number; 0 unless given
 */
public record Device(Kind kind, int ordinal) {

  /** The kinds of device. */
  public enum Kind {
    AUTO,
    CPU,
    CUDA
  }

  /** The default: CUDA when there is one. */
  public static final Device AUTO = new Device(Kind.AUTO, 0);
}
