package org.fnprune.verify;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import org.jspecify.annotations.Nullable;

/**
 * Token perplexity: exp(Σ nll / Σ tokens), examples being documents.
 *
 * @param nll negative log likelihood of each document's predicted tokens, in nats
 * @param tokens number of predicted tokens of each document, at least one
 */
public record Perplexity(ImmutableDoubleArray nll, ImmutableIntArray tokens)
    implements MetricScores {

  public Perplexity {
    if (nll.isEmpty() || nll.length() != tokens.length()) {
      throw new IllegalArgumentException(
          nll.length() + " likelihoods of " + tokens.length() + " documents");
    }
    if (tokens.stream().anyMatch(t -> t < 1)) {
      throw new IllegalArgumentException("a document without predicted tokens");
    }
  }

  @Override
  public String metric() {
    return "perplexity";
  }

  @Override
  public boolean higherIsBetter() {
    return false;
  }

  @Override
  public int n() {
    return nll.length();
  }

  @Override
  public double value() {
    return Math.exp(meanNll());
  }

  @Override
  public double valueOf(int[] rows) {
    double sum = 0;
    long count = 0;
    for (int row : rows) {
      sum += nll.get(row);
      count += tokens.get(row);
    }
    return Math.exp(sum / count);
  }

  /**
   * By the delta method: the mean R = ΣL/ΣT is a ratio of sums over documents, with variance n/(n −
   * 1) · Σ(L_i − R·T_i)² / (ΣT)² (Cochran, Sampling Techniques, ch. 6), and the standard error of
   * exp(R) is exp(R) times that of R.
   */
  @Override
  public @Nullable Double stderr(long seed) {
    double mean = meanNll();
    if (n() < 2 || !Double.isFinite(value())) {
      return null;
    }
    double squares = 0;
    for (int i = 0; i < n(); i++) {
      double residual = nll.get(i) - mean * tokens.get(i);
      squares += residual * residual;
    }
    return value() * Math.sqrt(squares * n() / (n() - 1.0)) / totalTokens();
  }

  private double meanNll() {
    return nll.stream().sum() / totalTokens();
  }

  private long totalTokens() {
    return tokens.stream().asLongStream().sum();
  }
}
