package org.fnprune.verify;

import com.google.common.primitives.ImmutableIntArray;

/** How often each class is true, predicted and both. */
final class ClassCounts {

  private final int[] gold;
  private final int[] predicted;
  private final int[] hits;
  private int missing = 0;
  private int examples = 0;

  private ClassCounts(int classes) {
    this.gold = new int[classes];
    this.predicted = new int[classes];
    this.hits = new int[classes];
  }

  /** The counts over some examples; a predicted class of −1 is none. */
  static ClassCounts of(ImmutableIntArray gold, ImmutableIntArray predicted, int[] rows) {
    int classes = 0;
    for (int row : rows) {
      classes = Math.max(classes, Math.max(gold.get(row), predicted.get(row)) + 1);
    }
    ClassCounts counts = new ClassCounts(classes);
    for (int row : rows) {
      counts.add(gold.get(row), predicted.get(row));
    }
    return counts;
  }

  private void add(int trueClass, int said) {
    examples++;
    gold[trueClass]++;
    if (said < 0) {
      missing++;
      return;
    }
    predicted[said]++;
    hits[said] += said == trueClass ? 1 : 0;
  }

  int classes() {
    return gold.length;
  }

  int examples() {
    return examples;
  }

  /** Examples without a prediction. */
  int missing() {
    return missing;
  }

  int gold(int c) {
    return gold[c];
  }

  int predicted(int c) {
    return predicted[c];
  }

  int hits(int c) {
    return hits[c];
  }

  boolean occurs(int c) {
    return gold[c] + predicted[c] > 0;
  }

  double f1(int c) {
    return 2.0 * hits[c] / (gold[c] + predicted[c]);
  }
}
