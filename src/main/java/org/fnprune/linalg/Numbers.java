package org.fnprune.linalg;

import java.io.IOException;

/** Numbers in float64 that go to a file, and come back, one after the other and bit by bit. */
public final class Numbers {

  private Numbers() {}

  /** Where numbers go. */
  @FunctionalInterface
  public interface Sink {
    /** Takes {@code values[from]} to {@code values[from + count − 1]}. */
    void put(double[] values, int from, int count) throws IOException;
  }

  /** Where numbers come from, in the order in which they went. */
  @FunctionalInterface
  public interface Source {
    /** Fills {@code values[from]} to {@code values[from + count − 1]}. */
    void get(double[] values, int from, int count) throws IOException;
  }
}
