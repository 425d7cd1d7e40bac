package org.fnprune.data;

import java.util.List;

/**
 * Sample text of one purpose, of which a part is held out: choices are made by it, fits are not.
 *
 * @param fitting batches that moments and fits are of, longest first
 * @param heldOut the other batches; none where there is one sample only
 * @param weight what all of it counts beside the task's text, which counts 1
 */
public record CalibrationText(List<TokenBatch> fitting, List<TokenBatch> heldOut, double weight) {

  public CalibrationText {
    if (fitting.isEmpty() || !(weight > 0)) {
      throw new IllegalArgumentException(fitting.size() + " batches of weight " + weight);
    }
  }

  /** Tokens that are fitted, without padding. */
  public long fittingTokens() {
    return tokens(fitting);
  }

  /** Tokens that are held out, without padding. */
  public long heldOutTokens() {
    return tokens(heldOut);
  }

  private static long tokens(List<TokenBatch> batches) {
    return batches.stream().mapToLong(TokenBatch::tokens).sum();
  }
}
