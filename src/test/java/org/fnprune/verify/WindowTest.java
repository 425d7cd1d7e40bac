package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowTest {

  @Test
  void windowsApartDropTheTail() {
    assertThat(Window.apart(10, 4, 0)).containsExactly(new Window(0, 4, 1), new Window(4, 8, 5));
    assertThat(Window.apart(10, 4, 1)).containsExactly(new Window(0, 4, 1));
    assertThat(Window.apart(3, 4, 0)).containsExactly(new Window(0, 3, 1));
    assertThat(Window.apart(1, 4, 0)).isEmpty();
    assertThat(Window.apart(5, 1, 0)).isEmpty();
  }

  @Test
  void stridedWindowsCountNewTokensOnly() {
    assertThat(Window.strided(10, 4, 2, 0))
        .containsExactly(
            new Window(0, 4, 1), new Window(2, 6, 4), new Window(4, 8, 6), new Window(6, 10, 8));
    assertThat(Window.strided(5, 4, 3, 0))
        .containsExactly(new Window(0, 4, 1), new Window(3, 5, 4));
    assertThat(Window.strided(9, 4, 2, 2)).hasSize(2);
  }

  /** As get_rolling_token_windows and make_disjoint_window of lm-evaluation-harness 0.4. */
  @Test
  void rollingWindowsAreThoseOfTheHarness() {
    // Ten tokens behind a begin token, windows of four: the last one reaches back.
    assertThat(Window.rolling(11, 4, 0))
        .containsExactly(new Window(0, 5, 1), new Window(4, 9, 5), new Window(6, 11, 9));
    assertThat(Window.rolling(3, 4, 0)).containsExactly(new Window(0, 3, 1));
    assertThat(Window.rolling(1, 4, 0)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"17, 4, 1", "17, 4, 3", "17, 4, 4", "16, 4, 2", "5, 8, 8", "40, 7, 5"})
  void everyTokenBehindTheFirstCountsOnce(int tokens, int length, int stride) {
    requireOnce(Window.rolling(tokens, length, 0), 1, tokens);
    if (stride < length) {
      requireOnce(Window.strided(tokens, length, stride, 0), 1, tokens);
    }
  }

  private static void requireOnce(List<Window> windows, int first, int end) {
    int next = first;
    for (Window window : windows) {
      assertThat(window.scored()).isEqualTo(next);
      next = window.to();
    }
    assertThat(next).isEqualTo(end);
  }

  @Test
  void aWindowCountsSomethingThatItPredicts() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Window(3, 5, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> new Window(3, 5, 5));
  }
}
