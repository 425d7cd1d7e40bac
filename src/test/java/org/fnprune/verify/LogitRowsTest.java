package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class LogitRowsTest {

  private static FloatBuffer buffer(float... values) {
    return FloatBuffer.wrap(values);
  }

  /** numpy: log(sum(exp(x))) − x[1] of x = [0.5, −1, 2, 0.25]. */
  @Test
  void negativeLogLikelihoodOfOneRow() {
    FloatBuffer values = buffer(9, 9, 0.5f, -1, 2, 0.25f, 9);
    assertThat(LogitRows.negativeLogLikelihood(values, 2, 4, 1))
        .isCloseTo(3.3692789984482534, within(1e-12));
  }

  @Test
  void hugeLogitsDoNotOverflow() {
    FloatBuffer values = buffer(3e38f, -3e38f, Float.NEGATIVE_INFINITY);
    assertThat(LogitRows.negativeLogLikelihood(values, 0, 3, 0)).isZero();
    assertThat(LogitRows.negativeLogLikelihood(values, 0, 3, 1)).isPositive().isFinite();
    assertThat(LogitRows.negativeLogLikelihood(values, 0, 3, 2)).isInfinite();
  }

  @Test
  void argmaxIsTheFirstOfTheLargest() {
    assertThat(LogitRows.argmax(buffer(9, 1, 3, 3, 9), 1, 3)).isEqualTo(1);
    assertThat(LogitRows.argmax(buffer(-5, -4), 0, 2)).isEqualTo(1);
  }

  @Test
  void whatIsNotANumberHasNoArgmaxAndNoLikelihood() {
    assertThat(LogitRows.argmax(buffer(1, Float.NaN, 3), 0, 3)).isEqualTo(-1);
    assertThat(LogitRows.negativeLogLikelihood(buffer(1, Float.NaN), 0, 2, 0)).isNaN();
  }
}
