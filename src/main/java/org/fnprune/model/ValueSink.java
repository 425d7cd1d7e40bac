package org.fnprune.model;

/** Takes the values of a tensor one after the other. */
@FunctionalInterface
public interface ValueSink {

  /**
   * Takes one value.
   *
   * @param index its place, row-major
   */
  void value(long index, double value);
}
