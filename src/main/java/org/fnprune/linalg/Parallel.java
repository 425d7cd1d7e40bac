package org.fnprune.linalg;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Independent pieces of work on a given number of Java threads. */
public final class Parallel {

  private Parallel() {}

  /**
   * What {@code work} makes of each input, in the inputs' order.
   *
   * @param threads at most this many at a time; 1 stays on the caller's thread
   */
  public static <I, O> List<O> map(int threads, List<I> inputs, Function<I, O> work) {
    int workers = Math.min(threads, inputs.size());
    if (workers <= 1) {
      return inputs.stream().map(work).toList();
    }
    ExecutorService executor = Executors.newFixedThreadPool(workers);
    try {
      List<Future<O>> futures =
          inputs.stream().map(input -> executor.submit(() -> work.apply(input))).toList();
      return futures.stream().map(Parallel::result).toList();
    } finally {
      executor.shutdownNow();
    }
  }

  private static <O> O result(Future<O> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
