package org.fnprune.verify;

import com.google.common.primitives.ImmutableIntArray;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A metric of predicted against true classes that is no mean over examples.
 *
 * @param rule which
 * @param gold the true class of each example
 * @param predicted the predicted class of each example; −1 where the model gave none
 */
public record ClassMetric(Rule rule, ImmutableIntArray gold, ImmutableIntArray predicted)
    implements MetricScores {

  /** The metrics. */
  public enum Rule {
    /**
     * The mean of the classes' F1 = 2·tp/(2·tp + fp + fn), over the classes that occur as truth or
     * as prediction (as scikit-learn's {@code f1_score(average="macro")}).
     */
    MACRO_F1("macro_f1") {
      @Override
      double of(ClassCounts counts) {
        double sum = 0;
        int occurring = 0;
        for (int c = 0; c < counts.classes(); c++) {
          if (counts.occurs(c)) {
            occurring++;
            sum += counts.f1(c);
          }
        }
        return sum / occurring;
      }
    },
    /** The same weighted by how often each class is true. */
    WEIGHTED_F1("weighted_f1") {
      @Override
      double of(ClassCounts counts) {
        double sum = 0;
        for (int c = 0; c < counts.classes(); c++) {
          sum += counts.gold(c) > 0 ? counts.gold(c) * counts.f1(c) : 0;
        }
        return sum / counts.examples();
      }
    },
    /**
     * Matthews' correlation coefficient for any number of classes, R_K (Gorodkin 2004): (c·s − Σ
     * p_k·t_k) / sqrt((s² − Σ p_k²)(s² − Σ t_k²)) with s examples, c of them right, class k true
     * t_k and predicted p_k times; 0 where truth or predictions are all one class.
     */
    MATTHEWS("matthews") {
      @Override
      double of(ClassCounts counts) {
        double s = counts.examples();
        double right = 0;
        double both = 0;
        // Examples without a prediction are a class of their own.
        double predicted = Math.pow(counts.missing(), 2);
        double gold = 0;
        for (int k = 0; k < counts.classes(); k++) {
          right += counts.hits(k);
          both += (double) counts.predicted(k) * counts.gold(k);
          predicted += Math.pow(counts.predicted(k), 2);
          gold += Math.pow(counts.gold(k), 2);
        }
        double scale = Math.sqrt(s * s - predicted) * Math.sqrt(s * s - gold);
        return scale == 0 ? 0 : (right * s - both) / scale;
      }
    };

    private final String metric;

    Rule(String metric) {
      this.metric = metric;
    }

    abstract double of(ClassCounts counts);
  }

  public ClassMetric {
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
    return rule.metric;
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
    return rule.of(ClassCounts.of(gold, predicted, rows));
  }

  @Override
  public boolean isOfExamples() {
    return false;
  }

  /** By bootstrap over examples. */
  @Override
  public @Nullable Double stderr(long seed) {
    return n() < 2 ? null : Bootstrap.stderr(Bootstrap.values(this, seed));
  }
}
