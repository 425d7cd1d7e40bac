package org.fnprune.linalg;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ContiguousSet;
import com.google.common.collect.ImmutableList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParallelTest {

  @ParameterizedTest
  @CsvSource({"1, 0", "3, 0", "1, 7", "3, 1", "3, 2", "3, 1000", "64, 3"})
  void everyIndexIsCalledOnce(int threads, int count) {
    AtomicIntegerArray calls = new AtomicIntegerArray(count + 1);
    Parallel.forEach(threads, count, calls::incrementAndGet);
    for (int i = 0; i < count; i++) {
      assertThat(calls.get(i)).isOne();
    }
    assertThat(calls.get(count)).isZero();
  }

  /** Two calls wait for each other, and no third is there meanwhile. */
  @Test
  void thereAreAsManyThreadsAsWereToldAndNoMore() throws InterruptedException {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch two = new CountDownLatch(2);
    Parallel.forEach(
        2,
        100,
        i -> {
          most.accumulateAndGet(now.incrementAndGet(), Math::max);
          two.countDown();
          await(two);
          now.decrementAndGet();
        });
    assertThat(most).hasValue(2);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void oneThreadIsTheCallers() {
    Thread caller = Thread.currentThread();
    Parallel.forEach(1, 10, i -> assertThat(Thread.currentThread()).isSameAs(caller));
  }

  @Test
  void resultsAreInTheOrderOfTheInputs() {
    ImmutableList<Integer> inputs = ContiguousSet.closedOpen(0, 50).asList();
    assertThat(Parallel.map(4, inputs, i -> i * i)).element(7).isEqualTo(49);
    assertThat(Parallel.map(4, inputs, i -> i)).isEqualTo(inputs);
  }
}
