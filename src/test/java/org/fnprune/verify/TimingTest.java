package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TimingTest {

  @Test
  void medianAndPercentileAreOfAllRuns() {
    Timing timing = Timing.of(IntStream.rangeClosed(1, 101).mapToObj(i -> (double) i).toList());
    assertThat(timing.medianMs()).isEqualTo(51);
    assertThat(timing.p95Ms()).isEqualTo(96);
  }

  /** Hahn and Meeker's table: of 10 values the 2nd and the 9th, of 100 the 40th and the 61st. */
  @Test
  void intervalLiesBetweenTheOrderStatisticsOfTheBinomial() {
    Timing ten = Timing.of(IntStream.rangeClosed(1, 10).mapToObj(i -> (double) i).toList());
    assertThat(ten.lowMs()).isEqualTo(2);
    assertThat(ten.highMs()).isEqualTo(9);
    Timing hundred = Timing.of(IntStream.rangeClosed(1, 100).mapToObj(i -> (double) i).toList());
    assertThat(hundred.lowMs()).isEqualTo(40);
    assertThat(hundred.highMs()).isEqualTo(61);
    assertThat(Timing.of(List.of(3.0, 1.0))).isEqualTo(new Timing(2, 2.9, 1, 3));
  }

  /** The true median is inside at least 95 times of 100, here by a seeded trial of 400. */
  @Test
  void intervalCoversTheMedian() {
    Random random = new Random(5);
    int covered = 0;
    for (int trial = 0; trial < 400; trial++) {
      List<Double> times = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        times.add(Math.exp(random.nextGaussian()));
      }
      Timing timing = Timing.of(times);
      covered += timing.lowMs() <= 1 && 1 <= timing.highMs() ? 1 : 0;
    }
    assertThat(covered).isBetween(375, 397);
  }

  @Test
  void speedupIsTheRatioOfMediansAndQuietRunsAreNotNoisy() {
    Random random = new Random(7);
    List<Double> dense = new ArrayList<>();
    List<Double> slim = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      dense.add(20 + random.nextGaussian() / 5);
      slim.add(10 + random.nextGaussian() / 5);
    }
    LatencyResult quiet = result(dense, slim);
    assertThat(quiet.speedup().value()).isCloseTo(2, within(0.02));
    assertThat(quiet.speedup().low()).isBetween(1.9, quiet.speedup().value());
    assertThat(quiet.speedup().high()).isBetween(quiet.speedup().value(), 2.1);
    assertThat(quiet.isNoisy()).isFalse();
  }

  @Test
  void runsThatTellNothingAreNoisyAndTheHelpSaysWhatToDo() {
    Random random = new Random(7);
    List<Double> dense = new ArrayList<>();
    List<Double> slim = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      dense.add(5 + 20 * random.nextDouble());
      slim.add(5 + 20 * random.nextDouble());
    }
    LatencyResult noisy = result(dense, slim);
    assertThat(noisy.isNoisy()).isTrue();
    assertThat(noisy.noise())
        .startsWith("latency of 2 × 8 is too noisy to tell: the speed-up lies between 0.")
        .endsWith("raise verify.latency.runs (now 20)");
  }

  private static LatencyResult result(List<Double> dense, List<Double> slim) {
    return new LatencyResult(
        2,
        8,
        Timing.of(dense),
        Timing.of(slim),
        SpeedupBootstrap.of(dense, slim),
        dense.size(),
        Optional.empty());
  }
}
