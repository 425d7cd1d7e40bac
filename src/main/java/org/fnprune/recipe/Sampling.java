package org.fnprune.recipe;

/** Which rows of a dataset are taken where it has more than are wanted. */
public enum Sampling {
  /** The first ones; the rest of the file is not read. */
  FIRST,
  /**
   * As many drawn at random from the whole file, each row with the same chance; kept in the order
   * of the file. The recipe's seed decides which.
   */
  RANDOM
}
