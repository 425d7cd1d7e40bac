package org.fnprune.verify;

/**
 * How long one batch takes, dense and slim timed in turn.
 *
 * @param batchSize rows
 * @param sequenceLength tokens of each row
 * @param denseMs median of the dense model, milliseconds
 * @param slimMs median of the slim model, milliseconds
 * @param denseP95Ms 95th percentile of the dense model, milliseconds
 * @param slimP95Ms 95th percentile of the slim model, milliseconds
 * @param runs timed runs of each
 */
public record LatencyResult(
    int batchSize,
    int sequenceLength,
    double denseMs,
    double slimMs,
    double denseP95Ms,
    double slimP95Ms,
    int runs) {

  /** Median of the dense model over that of the slim one. */
  public double speedup() {
    return denseMs / slimMs;
  }
}
