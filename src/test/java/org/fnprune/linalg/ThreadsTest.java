package org.fnprune.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThreadsTest {

  @Test
  void threadsAreSetAndComeBackAfterSingle() {
    int before = Threads.get();
    Threads.set(2);
    assertThat(Threads.inEffect()).isEqualTo(2);
    assertThat(Threads.single(Threads::inEffect)).isEqualTo(1);
    assertThat(Threads.inEffect()).isEqualTo(2);
    Threads.set(0);
    assertThat(Threads.get()).isEqualTo(Runtime.getRuntime().availableProcessors());
    Threads.set(before);
    assertThatIllegalArgumentException().isThrownBy(() -> Threads.set(-1));
  }

  @Test
  void onlyTheOutermostSingleGivesTheThreadsBack() {
    int before = Threads.get();
    Threads.set(2);
    int inside =
        Threads.single(
            () -> {
              Threads.single(Threads::inEffect);
              return Threads.inEffect();
            });
    assertThat(inside).isEqualTo(1);
    assertThat(Threads.inEffect()).isEqualTo(2);
    Threads.set(before);
  }

  @Test
  void workWithinWorkStaysOnItsThread() {
    List<Integer> inputs = List.of(1, 2, 3, 4);
    List<Boolean> stayed =
        Parallel.map(
            2,
            inputs,
            i -> {
              Thread outer = Thread.currentThread();
              return Parallel.map(2, inputs, j -> Thread.currentThread() == outer).stream()
                  .allMatch(same -> same);
            });
    assertThat(stayed).containsOnly(true);
  }

  @Test
  void resultsComeInTheOrderOfTheInputs() {
    List<Integer> inputs = IntStream.range(0, 100).boxed().toList();
    for (int threads : new int[] {1, 3, 200}) {
      assertThat(Parallel.map(threads, inputs, i -> i * i))
          .isEqualTo(inputs.stream().map(i -> i * i).toList());
    }
  }

  @Test
  void aFailureIsTheCallersFailure() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                Parallel.map(
                    2,
                    List.of(1, 2, 3),
                    i -> {
                      throw new IllegalStateException("piece " + i);
                    }))
        .withMessage("piece 1");
  }
}
