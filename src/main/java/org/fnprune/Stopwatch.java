package org.fnprune;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs the stages of a pipeline and keeps how long each took. */
final class Stopwatch {

  /** What is timed. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  private final Map<String, Long> milliseconds = new LinkedHashMap<>();

  /** Runs one stage. */
  <T> T time(String stage, Work<T> work) throws IOException {
    long start = System.nanoTime();
    T result = work.run();
    milliseconds.merge(stage, (System.nanoTime() - start) / 1_000_000, Long::sum);
    return result;
  }

  /** Takes over how long a stage took in an interrupted run. */
  void add(String stage, long time) {
    milliseconds.merge(stage, time, Long::sum);
  }

  /** Milliseconds by stage, in the order in which they first ran. */
  ImmutableMap<String, Long> timings() {
    return ImmutableMap.copyOf(milliseconds);
  }
}
