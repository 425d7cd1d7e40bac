package org.fnprune.verify;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.fnprune.common.Progress;
import org.fnprune.data.TokenBatch;
import org.fnprune.recipe.Recipe.Latency;
import org.fnprune.runtime.ModelRunException;

/** Times dense and slim in turn on the same batches, so that a drifting machine hits both. */
public final class LatencyBenchmark {

  private static final int WARM_UP = 20;

  /** Fewer runs where they take longer: a model of gigabytes would keep its user for an hour. */
  private static final long WARM_UP_NANOS = 2_000_000_000L;

  private static final long TIMED_NANOS = 10_000_000_000L;

  /** Each model goes first once. */
  private static final int FEWEST_RUNS = 2;

  /** Makes batches to time. */
  @FunctionalInterface
  public interface Batches {

    /** A batch of so many rows of so many tokens, or of fewer where the model takes no more. */
    TokenBatch of(int rows, int tokens);
  }

  private final Predictor dense;
  private final Predictor slim;
  private final LongSupplier clock;
  private final Progress progress;

  private LatencyBenchmark(Predictor dense, Predictor slim, LongSupplier clock, Progress progress) {
    this.dense = dense;
    this.slim = slim;
    this.clock = clock;
    this.progress = progress;
  }

  /**
   * Measures every batch size with every length of the grid: as many runs as it asks for, fewer
   * when they take more than ten seconds. Lengths that the model cannot take are measured once, at
   * the longest that it can.
   *
   * @param batches makes a batch of so many rows and tokens, or as many tokens as the model takes
   */
  public static List<LatencyResult> run(
      Predictor dense, Predictor slim, Latency options, Batches batches, Progress progress) {
    return run(dense, slim, options, batches, System::nanoTime, progress);
  }

  /**
   * Measures the grid.
   *
   * @param clock in nanoseconds
   */
  static List<LatencyResult> run(
      Predictor dense,
      Predictor slim,
      Latency options,
      Batches batches,
      LongSupplier clock,
      Progress progress) {
    LatencyBenchmark benchmark = new LatencyBenchmark(dense, slim, clock, progress);
    List<LatencyResult> results = new ArrayList<>();
    Set<TokenBatch> grid = new LinkedHashSet<>();
    for (int size : options.batchSizes().asList()) {
      options.sequenceLengths().forEach(length -> grid.add(batches.of(size, length)));
    }
    progress.start("latency", (long) grid.size() * options.runs(), "pairs of runs");
    for (TokenBatch batch : grid) {
      if (benchmark.warmUp(batch)) {
        results.add(benchmark.measure(batch, options.runs()));
      }
    }
    progress.done();
    return results;
  }

  /** Whether the dense model takes the batch: some exports are fixed to one batch size. */
  private boolean warmUp(TokenBatch batch) {
    long end = clock.getAsLong() + WARM_UP_NANOS;
    for (int i = 0; i == 0 || (i < WARM_UP && clock.getAsLong() < end); i++) {
      try {
        dense.predict(batch);
      } catch (ModelRunException e) {
        return false;
      }
      slim.predict(batch);
    }
    return true;
  }

  private LatencyResult measure(TokenBatch batch, int runs) {
    List<Double> denseMs = new ArrayList<>();
    List<Double> slimMs = new ArrayList<>();
    long end = clock.getAsLong() + TIMED_NANOS;
    for (int i = 0; i < runs && (i < FEWEST_RUNS || clock.getAsLong() < end); i++) {
      if (i % 2 == 0) {
        denseMs.add(time(dense, batch));
        slimMs.add(time(slim, batch));
      } else {
        slimMs.add(time(slim, batch));
        denseMs.add(time(dense, batch));
      }
      progress.advance(1);
    }
    progress.advance(runs - denseMs.size());
    return new LatencyResult(
        batch.size(),
        batch.length(),
        Timing.of(denseMs),
        Timing.of(slimMs),
        SpeedupBootstrap.of(denseMs, slimMs),
        denseMs.size(),
        Optional.empty());
  }

  private double time(Predictor model, TokenBatch batch) {
    long start = clock.getAsLong();
    model.predict(batch);
    return (clock.getAsLong() - start) / 1e6;
  }
}
