package org.fnprune.verify;

import com.google.common.math.Quantiles;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.fnprune.common.Progress;
import org.fnprune.data.TokenBatch;
import org.fnprune.recipe.Recipe.Latency;

/** Times dense and slim in turn on the same batches, so that a drifting machine hits both. */
public final class LatencyBenchmark {

  private static final int WARM_UP = 5;

  private LatencyBenchmark() {}

  /**
   * Measures every batch size of the grid.
   *
   * @param batches makes a batch of so many rows
   */
  public static List<LatencyResult> run(
      Predictor dense,
      Predictor slim,
      Latency options,
      IntFunction<TokenBatch> batches,
      Progress progress) {
    List<LatencyResult> results = new ArrayList<>();
    progress.start(
        "latency", (long) options.batchSizes().length() * options.runs(), "pairs of runs");
    for (int size : options.batchSizes().asList()) {
      results.add(measure(dense, slim, batches.apply(size), options.runs(), progress));
    }
    progress.done();
    return results;
  }

  private static LatencyResult measure(
      Predictor dense, Predictor slim, TokenBatch batch, int runs, Progress progress) {
    for (int i = 0; i < WARM_UP; i++) {
      dense.predict(batch);
      slim.predict(batch);
    }
    double[] denseMs = new double[runs];
    double[] slimMs = new double[runs];
    for (int i = 0; i < runs; i++) {
      if (i % 2 == 0) {
        denseMs[i] = time(dense, batch);
        slimMs[i] = time(slim, batch);
      } else {
        slimMs[i] = time(slim, batch);
        denseMs[i] = time(dense, batch);
      }
      progress.advance(1);
    }
    return new LatencyResult(
        batch.size(),
        batch.length(),
        Quantiles.median().compute(denseMs),
        Quantiles.median().compute(slimMs),
        Quantiles.percentiles().index(95).compute(denseMs),
        Quantiles.percentiles().index(95).compute(slimMs),
        runs);
  }

  private static double time(Predictor model, TokenBatch batch) {
    long start = System.nanoTime();
    model.predict(batch);
    return (System.nanoTime() - start) / 1e6;
  }
}
