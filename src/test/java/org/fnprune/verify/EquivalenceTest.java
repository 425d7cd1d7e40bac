package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.google.common.collect.ImmutableList;
import org.fnprune.common.UsageException;
import org.junit.jupiter.api.Test;

class EquivalenceTest {

  private static Equivalence of(double difference, double tolerance, boolean passed) {
    return new Equivalence(difference, tolerance, passed, 1, 1, 0, ImmutableList.of());
  }

  @Test
  void modelsThatDifferAreABug() {
    assertThat(of(0.1, 0.2, true).requirePassed().passed()).isTrue();
    assertThatIllegalStateException()
        .isThrownBy(() -> of(0.3, 0.2, false).requirePassed())
        .withMessageContaining("outputs differ by 0.3, allowed 0.2");
    assertThatIllegalStateException()
        .isThrownBy(() -> of(Double.POSITIVE_INFINITY, 0, false).requirePassed());
  }

  @Test
  void anOutputThatSaysNothingIsTheModelsFault() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> of(0, 0, false).requirePassed())
        .withMessageContaining("the first output of the model is zero or no finite number");
  }
}
