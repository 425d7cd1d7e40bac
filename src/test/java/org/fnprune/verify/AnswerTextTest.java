package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerTextTest {

  @Test
  void caseArticlesAndPunctuationDoNotCount() {
    assertThat(AnswerText.words("The  Café, a U.S.-based\tone!"))
        .containsExactly("café", "usbased", "one");
    assertThat(AnswerText.exactMatch("the Cat.", "cat")).isEqualTo(1);
    assertThat(AnswerText.exactMatch("theatre", "atre")).isZero();
  }

  @Test
  void f1CountsCommonWordsAsOftenAsBothHaveThem() {
    // Two of three and two of four words are common.
    assertThat(AnswerText.f1("red red blue", "red red red green"))
        .isCloseTo(4 / 7.0, within(1e-12));
    assertThat(AnswerText.f1("red", "blue")).isZero();
    assertThat(AnswerText.f1("", "the")).isEqualTo(1);
    assertThat(AnswerText.f1("x", "")).isZero();
  }

  @Test
  void theBestOfSeveralAnswersCounts() {
    assertThat(AnswerText.best("red", List.of("blue", "red green"), AnswerText::f1))
        .isCloseTo(2 / 3.0, within(1e-12));
  }
}
