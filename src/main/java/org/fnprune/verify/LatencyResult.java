package org.fnprune.verify;

import java.util.Locale;
import java.util.Optional;

/**
 * How long one batch takes, dense and slim timed in turn.
 *
 * @param batchSize rows
 * @param sequenceLength tokens of each row
 * @param dense times of the dense model
 * @param slim times of the slim model
 * @param speedup dense over slim
 * @param runs timed runs of each
 * @param memory what each model takes to run this batch; empty where it was not measured
 */
public record LatencyResult(
    int batchSize,
    int sequenceLength,
    Timing dense,
    Timing slim,
    Speedup speedup,
    int runs,
    Optional<Memory> memory) {

  /** Relative width of the interval from which the machine was too busy to tell. */
  private static final double NOISE = 0.2;

  /**
   * The dense model's median over the slim one's.
   *
   * @param low lower end of the 95% confidence interval
   * @param high upper end
   */
  public record Speedup(double value, double low, double high) {}

  /**
   * Peak of the resident memory of a process that loads one model and runs it, beyond what the
   * process had before, in bytes.
   */
  public record Memory(long denseBytes, long slimBytes) {}

  /** The same with memory measured. */
  public LatencyResult with(Memory measured) {
    return new LatencyResult(
        batchSize, sequenceLength, dense, slim, speedup, runs, Optional.of(measured));
  }

  /** Whether times vary too much for the speed-up to say anything. */
  public boolean isNoisy() {
    return !(speedup.high - speedup.low <= NOISE * speedup.value);
  }

  /** What to tell the user of a {@linkplain #isNoisy noisy} result. */
  public String noise() {
    return String.format(
        Locale.ROOT,
        "latency of %d × %d is too noisy to tell: the speed-up lies between %.2f and %.2f; close"
            + " other programs, or raise verify.latency.runs (now %d)",
        batchSize,
        sequenceLength,
        speedup.low,
        speedup.high,
        runs);
  }
}
