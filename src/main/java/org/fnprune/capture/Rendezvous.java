package org.fnprune.capture;

import com.google.common.collect.ImmutableMap;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.fnprune.linalg.BlockKrylov;
import org.fnprune.linalg.Matrix;

/**
 * Several iterations that each ask for products with an operator of their own, and one place that
 * answers all of them together: it waits until every iteration that is not over has asked.
 */
final class Rendezvous<K> {

  private final Map<K, Matrix> asked = new LinkedHashMap<>();
  private final Map<K, Matrix> answered = new LinkedHashMap<>();
  private int running;

  private Rendezvous(int running) {
    this.running = running;
  }

  /**
   * Runs an iteration for every key.
   *
   * @param iteration given the key and its operator
   * @param together answers what all running iterations ask for; called on the caller's thread
   * @return the iterations' results in the keys' order
   */
  static <K, R> ImmutableMap<K, R> run(
      Collection<K> keys,
      BiFunction<K, BlockKrylov.Operator, R> iteration,
      UnaryOperator<Map<K, Matrix>> together) {
    Rendezvous<K> rendezvous = new Rendezvous<>(keys.size());
    ExecutorService executor = Executors.newFixedThreadPool(Math.max(1, keys.size()));
    try {
      Map<K, Future<R>> futures = new LinkedHashMap<>();
      for (K key : keys) {
        futures.put(
            key,
            executor.submit(
                () -> {
                  try {
                    return iteration.apply(key, block -> rendezvous.ask(key, block));
                  } finally {
                    rendezvous.leave();
                  }
                }));
      }
      for (Map<K, Matrix> questions = rendezvous.questions();
          !questions.isEmpty();
          questions = rendezvous.questions()) {
        rendezvous.answer(together.apply(questions));
      }
      ImmutableMap.Builder<K, R> results = ImmutableMap.builder();
      for (Map.Entry<K, Future<R>> future : futures.entrySet()) {
        results.put(future.getKey(), future.getValue().get());
      }
      return results.buildOrThrow();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      executor.shutdownNow();
    }
  }

  private synchronized Matrix ask(K key, Matrix block) {
    asked.put(key, block);
    notifyAll();
    try {
      while (!answered.containsKey(key)) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    return Objects.requireNonNull(answered.remove(key));
  }

  private synchronized void leave() {
    running--;
    notifyAll();
  }

  /** What all running iterations ask for; empty when all are over. */
  private synchronized Map<K, Matrix> questions() throws InterruptedException {
    while (asked.size() < running) {
      wait();
    }
    Map<K, Matrix> questions = ImmutableMap.copyOf(asked);
    asked.clear();
    return questions;
  }

  private synchronized void answer(Map<K, Matrix> answers) {
    answered.putAll(answers);
    notifyAll();
  }
}
