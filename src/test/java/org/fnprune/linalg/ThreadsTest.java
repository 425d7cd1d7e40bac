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
