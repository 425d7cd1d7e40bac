package org.fnprune.linalg;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Independent pieces of work on a given number of Java threads. */
public final class Parallel {

  /** Ranges for each thread, so that one that is held up holds up little. */
  private static final int RANGES = 4;

  private static final ThreadLocal<Boolean> WORKER = ThreadLocal.withInitial(() -> false);

  /** Idle threads stay for a minute, so that the steps of an iteration need not start their own. */
  private static final ExecutorService POOL =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "fnprune-worker");
            thread.setDaemon(true);
            return thread;
          });

  private Parallel() {}

  /**
   * What {@code work} makes of each input, in the inputs' order. Where {@code work} calls this
   * itself, it stays on its own thread: the others are busy already.
   *
   * @param threads at most this many at a time; 1 stays on the caller's thread
   */
  public static <I, O> List<O> map(int threads, List<I> inputs, Function<I, O> work) {
    int workers = Math.min(threads, inputs.size());
    if (workers <= 1 || WORKER.get()) {
      return inputs.stream().map(work).toList();
    }
    List<FutureTask<O>> tasks =
        inputs.stream().map(input -> new FutureTask<>(() -> work.apply(input))).toList();
    AtomicInteger next = new AtomicInteger();
    for (int worker = 0; worker < workers; worker++) {
      POOL.execute(() -> work(tasks, next));
    }
    try {
      return tasks.stream().map(Parallel::result).toList();
    } finally {
      next.set(tasks.size());
    }
  }

  /**
   * Calls {@code body} with each of 0 to {@code count} - 1, in ranges of about equal length; calls
   * must not disturb each other.
   *
   * @param threads at most this many at a time; 1 stays on the caller's thread
   */
  public static void forEach(int threads, int count, IntConsumer body) {
    int ranges = threads == 1 ? 1 : (int) Math.min(count, (long) RANGES * threads);
    List<IntStream> parts =
        IntStream.range(0, ranges)
            .mapToObj(r -> IntStream.range(start(r, ranges, count), start(r + 1, ranges, count)))
            .toList();
    var unused =
        map(
            threads,
            parts,
            part -> {
              part.forEach(body);
              return true;
            });
  }

  private static int start(int range, int ranges, int count) {
    return (int) ((long) count * range / ranges);
  }

  private static <O> void work(List<FutureTask<O>> tasks, AtomicInteger next) {
    WORKER.set(true);
    try {
      for (int i = next.getAndIncrement(); i < tasks.size(); i = next.getAndIncrement()) {
        tasks.get(i).run();
      }
    } finally {
      WORKER.set(false);
    }
  }

  private static <O> O result(FutureTask<O> task) {
    try {
      return task.get();
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
