package org.fnprune.verify;

import com.google.common.primitives.ImmutableDoubleArray;
import java.util.Arrays;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.apache.commons.math3.stat.ranking.NaNStrategy;
import org.apache.commons.math3.stat.ranking.NaturalRanking;
import org.apache.commons.math3.stat.ranking.TiesStrategy;
import org.jspecify.annotations.Nullable;

/**
 * How a model's scores go with the true ones.
 *
 * @param rule Pearson's or Spearman's coefficient
 * @param scores the model's
 * @param labels the true ones
 */
public record Correlation(Rule rule, ImmutableDoubleArray scores, ImmutableDoubleArray labels)
    implements MetricScores {

  /** The coefficients; not a number where scores or labels are all equal. */
  public enum Rule {
    /** Of the ranks, equal values having the mean of their ranks. */
    SPEARMAN("spearman"),
    /** Of the values. */
    PEARSON("pearson");

    private final String metric;

    Rule(String metric) {
      this.metric = metric;
    }
  }

  public Correlation {
    if (scores.length() < 2 || scores.length() != labels.length()) {
      throw new IllegalArgumentException(
          scores.length() + " scores, " + labels.length() + " labels");
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
    return scores.length();
  }

  @Override
  public double value() {
    return of(scores.toArray(), labels.toArray());
  }

  @Override
  public double valueOf(int[] rows) {
    return of(
        Arrays.stream(rows).mapToDouble(scores::get).toArray(),
        Arrays.stream(rows).mapToDouble(labels::get).toArray());
  }

  private double of(double[] x, double[] y) {
    if (x.length < 2 || !Arrays.stream(x).allMatch(Double::isFinite)) {
      return Double.NaN;
    }
    NaturalRanking ranks = new NaturalRanking(NaNStrategy.FAILED, TiesStrategy.AVERAGE);
    return rule == Rule.PEARSON
        ? new PearsonsCorrelation().correlation(x, y)
        : new PearsonsCorrelation().correlation(ranks.rank(x), ranks.rank(y));
  }

  @Override
  public boolean isOfExamples() {
    return false;
  }

  /** By bootstrap over examples; null when a resample has no coefficient. */
  @Override
  public @Nullable Double stderr(long seed) {
    return Bootstrap.stderr(Bootstrap.values(this, seed));
  }
}
