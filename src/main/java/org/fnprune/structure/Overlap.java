package org.fnprune.structure;

/**
 * A matrix that two units cut along different axes, as {@code ffn} and {@code ffn_out} cut the down
 * projection: what lies in a removed row and in a removed column as well goes only once.
 *
 * @param first number of one unit in its structure
 * @param second number of the other
 * @param perPair parameters that belong to one channel of each
 */
public record Overlap(int first, int second, long perPair) {

  /** Parameters counted twice when so many channels of both units go. */
  public long twice(long removedOfFirst, long removedOfSecond) {
    return Math.multiplyExact(perPair, Math.multiplyExact(removedOfFirst, removedOfSecond));
  }

  /** The same for widths that need not be whole. */
  public double twice(double removedOfFirst, double removedOfSecond) {
    return perPair * (removedOfFirst * removedOfSecond);
  }
}
