package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.ImmutableIntArray;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.fnprune.common.Progress;
import org.fnprune.data.RandomTokens;
import org.fnprune.recipe.Recipe.Latency;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatencyBenchmarkTest {

  /** By a clock that only the models move: no run is waited for. */
  @ParameterizedTest
  @CsvSource({
    "10, 5, 50, 70",
    "900, 100, 10, 12",
    "6000, 4000, 2, 3",
    "60000, 30000, 2, 3",
  })
  void slowModelsRunLessOften(long denseMs, long slimMs, int timed, int runs) {
    AtomicLong now = new AtomicLong();
    AtomicLong denseRuns = new AtomicLong();
    AtomicLong advanced = new AtomicLong();
    Predictor dense =
        batch -> {
          denseRuns.incrementAndGet();
          return after(now, denseMs);
        };
    Progress progress =
        new Progress() {
          @Override
          public void advance(long units) {
            advanced.addAndGet(units);
          }
        };
    List<LatencyResult> results =
        LatencyBenchmark.run(
            dense,
            batch -> after(now, slimMs),
            new Latency(ImmutableIntArray.of(2), ImmutableIntArray.of(4), 50),
            (rows, tokens) -> RandomTokens.batch(rows, tokens, 10, 1),
            now::get,
            progress);
    double ratio = (double) denseMs / slimMs;
    assertThat(results)
        .containsExactly(
            new LatencyResult(
                2,
                4,
                steady((double) denseMs),
                steady((double) slimMs),
                new LatencyResult.Speedup(ratio, ratio, ratio),
                timed,
                Optional.empty()));
    assertThat(denseRuns).hasValue(runs);
    assertThat(advanced).hasValue(50);
  }

  private static Timing steady(double ms) {
    return new Timing(ms, ms, ms, ms);
  }

  @Test
  void everyBatchSizeIsTimedWithEveryLengthOnce() {
    AtomicLong now = new AtomicLong();
    List<LatencyResult> results =
        LatencyBenchmark.run(
            batch -> after(now, batch.tokens()),
            batch -> after(now, batch.tokens()),
            new Latency(ImmutableIntArray.of(1, 2), ImmutableIntArray.of(4, 8, 16), 3),
            // A model of eight positions.
            (rows, tokens) -> RandomTokens.batch(rows, Math.min(tokens, 8), 10, 1),
            now::get,
            Progress.NONE);
    assertThat(results.stream().map(r -> r.batchSize() + "x" + r.sequenceLength()))
        .containsExactly("1x4", "1x8", "2x4", "2x8");
    assertThat(results.stream().map(r -> r.dense().medianMs()))
        .containsExactly(4.0, 8.0, 8.0, 16.0);
  }

  private static Logits after(AtomicLong now, long milliseconds) {
    now.addAndGet(milliseconds * 1_000_000);
    return new Logits(FloatBuffer.allocate(1), ImmutableIntArray.of(1));
  }
}
