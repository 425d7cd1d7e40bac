package org.fnprune.verify;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import org.jspecify.annotations.Nullable;

/**
 * exp(Σ nll / Σ units), examples being documents or windows and units tokens, words or bytes.
 *
 * @param metric its name
 * @param nll negative log likelihood of each document's predicted tokens, in nats
 * @param units what each document's predicted tokens consist of
 */
public record Perplexity(String metric, ImmutableDoubleArray nll, ImmutableIntArray units)
    implements MetricScores {

  public Perplexity {
    new RatioOfSums(nll, units);
  }

  /** Token perplexity. */
  public Perplexity(ImmutableDoubleArray nll, ImmutableIntArray tokens) {
    this("perplexity", nll, tokens);
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
    return Math.exp(ratio().value());
  }

  @Override
  public double valueOf(int[] rows) {
    return Math.exp(ratio().valueOf(rows));
  }

  /**
   * By the delta method: the standard error of exp(R) is exp(R) times that of the ratio R ({@link
   * RatioOfSums#stderr}).
   */
  @Override
  public @Nullable Double stderr(long seed) {
    Double ofMean = ratio().stderr();
    return ofMean == null || !Double.isFinite(value()) ? null : value() * ofMean;
  }

  private RatioOfSums ratio() {
    return new RatioOfSums(nll, units);
  }
}
