package org.fnprune;

import com.google.common.collect.ImmutableMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/** Runs the stages of a pipeline and keeps how long each took. */
final class Stopwatch {

  private final Map<String, Long> milliseconds = new LinkedHashMap<>();

  /** Runs one stage. */
  <T> T time(String stage, Callable<T> work) throws Exception {
    long start = System.nanoTime();
    T result = work.call();
    milliseconds.merge(stage, (System.nanoTime() - start) / 1_000_000, Long::sum);
    return result;
  }

  /** Milliseconds by stage, in the order in which they first ran. */
  ImmutableMap<String, Long> timings() {
    return ImmutableMap.copyOf(milliseconds);
  }
}
