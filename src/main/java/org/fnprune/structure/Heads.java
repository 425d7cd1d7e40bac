package org.fnprune.structure;

import com.google.common.primitives.ImmutableIntArray;
import java.util.Optional;
import java.util.stream.IntStream;
import org.fnprune.model.Attributes;

/**
 * How many heads an operator has, and which channel owns each of the positions that heads share.
 *
 * <p>A head of keys and values is one channel, with the query heads that read it. Where all query
 * heads read the same one, that one always stays: the query heads are the channels, and what
 * belongs to keys and values has no owners.
 *
 * @param queries heads of queries
 * @param keys heads of keys and values
 */
record Heads(Reach reach, int queries, int keys) {

  /** More heads, or values of them, than any model has: a damaged file must not fill the memory. */
  private static final int MOST = 1 << 24;

  /**
   * Heads that share.
   *
   * @param queries heads of queries
   * @param keys heads of keys and values
   * @throws Blocked when the one is no multiple of the other
   */
  static Heads of(Reach reach, int queries, int keys) {
    if (keys < 1 || queries < 1 || queries % keys != 0) {
      throw reach.blocked("has " + queries + " heads of queries for " + keys + " of keys");
    }
    return new Heads(reach, queries, keys);
  }

  /**
   * The number of heads that an attribute tells.
   *
   * @throws Blocked when it tells none
   */
  static int told(Reach reach, String attribute) {
    long heads = Attributes.integer(reach.node(), attribute, 0);
    if (heads < 1 || heads > MOST) {
      throw reach.blocked("has " + heads + " as its " + attribute);
    }
    return (int) heads;
  }

  /**
   * The number of heads that an axis of an input has.
   *
   * @throws Blocked when it cannot be told
   */
  static int counted(Reach reach, int input) {
    return size(reach, input, HeadMap.HEADS)
        .orElseThrow(() -> reach.blocked("has an input " + input + " of unknown heads"));
  }

  /** The size of an axis of an input, if it can be told. */
  static Optional<Integer> size(Reach reach, int input, int axis) {
    return reach
        .shapes()
        .size(reach.input(input), axis)
        .filter(size -> size.isKnown() && size.factor() > 0 && size.factor() <= MOST)
        .map(size -> (int) size.factor());
  }

  /** The channels of {@code positions} that the query heads share equally. */
  ImmutableIntArray queries(long positions) {
    return spread(positions, queries, isSingle() ? 1 : queries / keys);
  }

  /** The channels of {@code positions} that the heads of keys or of values share equally. */
  ImmutableIntArray keys(long positions) {
    return isSingle() ? ImmutableIntArray.of() : spread(positions, keys, 1);
  }

  private ImmutableIntArray spread(long positions, int heads, int perKey) {
    if (positions < 1 || positions > MOST || positions % heads != 0) {
      throw reach.blocked("shares " + positions + " values among " + heads + " heads");
    }
    int size = (int) positions / heads;
    return ImmutableIntArray.copyOf(
        IntStream.range(0, (int) positions).map(i -> i / size / perKey));
  }

  /** The owner of every query head. */
  ImmutableIntArray eachQuery() {
    return queries(queries);
  }

  /** The owner of every head of keys. */
  ImmutableIntArray eachKey() {
    return keys(keys);
  }

  /** Whether all queries share the one head of keys. */
  boolean isSingle() {
    return keys == 1 && queries > 1;
  }

  /** Whether a channel is more than one query head. */
  boolean areGrouped() {
    return queries != keys && !isSingle();
  }

  /** The number of channels. */
  int channels() {
    return isSingle() ? queries : keys;
  }

  /**
   * Values along the last axis of an input.
   *
   * @throws Blocked when they cannot be told
   */
  int width(int input) {
    return size(reach, input, HeadMap.VALUES)
        .orElseThrow(() -> reach.blocked("has an input " + input + " of unknown width"));
  }
}
