package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.ImmutableIntArray;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.fnprune.common.Progress;
import org.fnprune.data.RandomTokens;
import org.fnprune.recipe.Recipe.Latency;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatencyBenchmarkTest {

  /** By a clock that only the models move: no run is waited for. */
  @ParameterizedTest
  @CsvSource({
    "10, 5, 50, 55",
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
            new Latency(ImmutableIntArray.of(2), 4, 50),
            rows -> RandomTokens.batch(rows, 4, 10, 1),
            now::get,
            progress);
    assertThat(results)
        .containsExactly(new LatencyResult(2, 4, denseMs, slimMs, denseMs, slimMs, timed));
    assertThat(denseRuns).hasValue(runs);
    assertThat(advanced).hasValue(50);
  }

  private static Logits after(AtomicLong now, long milliseconds) {
    now.addAndGet(milliseconds * 1_000_000);
    return new Logits(FloatBuffer.allocate(1), ImmutableIntArray.of(1));
  }
}
