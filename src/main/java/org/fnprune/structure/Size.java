package org.fnprune.structure;

import com.google.common.collect.ImmutableSortedMultiset;
import com.google.common.collect.Multisets;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The size of an axis, which may be known only at run time: a number times named unknowns, such as
 * {@code 4·batch}. Two sizes that are equal as records are equal at run time.
 *
 * @param factor the number
 * @param unknowns sizes that only run time tells, such as {@code batch}
 */
record Size(long factor, ImmutableSortedMultiset<String> unknowns) {

  /** Longer names of sums and quotients would only grow on. */
  private static final int LONGEST_NAME = 200;

  Size {
    if (factor == 0) {
      unknowns = ImmutableSortedMultiset.of();
    }
  }

  static Size of(long number) {
    return new Size(number, ImmutableSortedMultiset.of());
  }

  /** A size that has only a name. */
  static Size unknown(String name) {
    return new Size(1, ImmutableSortedMultiset.of(name));
  }

  boolean isKnown() {
    return unknowns.isEmpty();
  }

  boolean is(long number) {
    return isKnown() && factor == number;
  }

  /** Whether the other size has a longer name. */
  boolean isPlainerThan(Size other) {
    return toString().length() < other.toString().length();
  }

  /** The part that only run time tells. */
  Size symbolic() {
    return new Size(1, unknowns);
  }

  Size times(Size other) {
    return new Size(
        factor * other.factor,
        ImmutableSortedMultiset.copyOf(Multisets.sum(unknowns, other.unknowns)));
  }

  /** The quotient, if the division certainly leaves nothing over. */
  Optional<Size> dividedBy(Size other) {
    if (other.factor == 0
        || factor % other.factor != 0
        || !Multisets.containsOccurrences(unknowns, other.unknowns)) {
      return Optional.empty();
    }
    return Optional.of(
        new Size(
            factor / other.factor,
            ImmutableSortedMultiset.copyOf(Multisets.difference(unknowns, other.unknowns))));
  }

  /** The sum; empty when it has no short name. */
  Optional<Size> plus(Size other) {
    if (unknowns.equals(other.unknowns) || other.factor == 0 || factor == 0) {
      return Optional.of(new Size(factor + other.factor, factor == 0 ? other.unknowns : unknowns));
    }
    return named(
        "(" + String.join("+", Stream.of(this, other).map(Size::toString).sorted().toList()) + ")");
  }

  /** The difference; empty when it has no short name. */
  Optional<Size> minus(Size other) {
    return plus(new Size(-other.factor, other.unknowns));
  }

  /** The quotient, rounded down where it leaves something over; empty without a short name. */
  Optional<Size> over(Size other) {
    Optional<Size> exact = dividedBy(other);
    if (exact.isPresent()) {
      return exact;
    }
    if (isKnown() && other.isKnown()) {
      return other.factor == 0 ? Optional.empty() : Optional.of(of(factor / other.factor));
    }
    return named("(" + this + "/" + other + ")");
  }

  private static Optional<Size> named(String name) {
    return name.length() > LONGEST_NAME ? Optional.empty() : Optional.of(unknown(name));
  }

  @Override
  public String toString() {
    return isKnown()
        ? Long.toString(factor)
        : (factor == 1 ? "" : factor + "·") + String.join("·", unknowns);
  }
}
