package org.fnprune.verify;

import com.google.common.primitives.ImmutableIntArray;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The mean of the classes' F1 = 2·tp/(2·tp + fp + fn), over the classes that occur as truth or as
 * prediction (as scikit-learn's {@code f1_score(average="macro")}).
 *
 * @param gold the true class of each example
 * @param predicted the predicted class of each example; −1 where the model gave none
 */
public record MacroF1(ImmutableIntArray gold, ImmutableIntArray predicted) implements MetricScores {

  public MacroF1 {
    if (gold.isEmpty() || gold.length() != predicted.length()) {
      throw new IllegalArgumentException(
          gold.length() + " true and " + predicted.length() + " predicted classes");
    }
    if (gold.stream().anyMatch(c -> c < 0) || predicted.stream().anyMatch(c -> c < -1)) {
      throw new IllegalArgumentException("a class is negative");
    }
  }

  @Override
  public String metric() {
    return "macro_f1";
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public int n() {
    return gold.length();
  }

  @Override
  public double value() {
    int[] all = new int[n()];
    Arrays.setAll(all, i -> i);
    return valueOf(all);
  }

  @Override
  public double valueOf(int[] rows) {
    int classes = 0;
    for (int row : rows) {
      classes = Math.max(classes, Math.max(gold.get(row), predicted.get(row)) + 1);
    }
    int[] hits = new int[classes];
    int[] seen = new int[classes];
    for (int row : rows) {
      seen[gold.get(row)]++;
      if (predicted.get(row) >= 0) {
        seen[predicted.get(row)]++;
      }
      hits[gold.get(row)] += gold.get(row) == predicted.get(row) ? 1 : 0;
    }
    double sum = 0;
    int occurring = 0;
    for (int c = 0; c < classes; c++) {
      if (seen[c] > 0) {
        occurring++;
        sum += 2.0 * hits[c] / seen[c];
      }
    }
    return sum / occurring;
  }

  /** By bootstrap over examples. */
  @Override
  public @Nullable Double stderr(long seed) {
    return n() < 2 ? null : Bootstrap.stderr(Bootstrap.values(this, seed));
  }
}
