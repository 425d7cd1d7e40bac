package org.fnprune.model;

/** The integers that quantised values may take. */
record IntegerRange(int low, int high) {

  private static final int REDUCED = 64;

  /** All that a type holds. */
  static IntegerRange of(ElementType type) {
    return of(type.bits(), type.isSigned());
  }

  /** All that so many bits hold. */
  static IntegerRange of(int bits, boolean signed) {
    int count = 1 << bits;
    return signed ? new IntegerRange(-count / 2, count / 2 - 1) : new IntegerRange(0, count - 1);
  }

  /**
   * The part of 8 bits that values were rounded to. Products of unsigned and signed bytes overflow
   * on some processors, so quantisers may leave one bit unused. Others leave out −128, which has no
   * counterpart.
   */
  IntegerRange usedBy(int[] values) {
    int smallest = 0;
    int largest = 0;
    for (int value : values) {
      smallest = Math.min(smallest, value);
      largest = Math.max(largest, value);
    }
    if (low == 0) {
      return largest <= high / 2 ? new IntegerRange(0, high / 2) : this;
    }
    if (smallest >= -REDUCED && largest <= REDUCED) {
      return new IntegerRange(-REDUCED, REDUCED);
    }
    return smallest == low ? this : new IntegerRange(-high, high);
  }

  /** The integer that stands for zero in a symmetric scheme. */
  int centre() {
    return (low + high + 1) / 2;
  }

  int clamp(int integer) {
    return Math.max(low, Math.min(high, integer));
  }
}
