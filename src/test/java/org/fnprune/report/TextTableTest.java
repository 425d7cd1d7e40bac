package org.fnprune.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TextTableTest {

  @Test
  void numbersAreAlignedRightAndWordsLeft() {
    String text =
        new TextTable("Task", "Value", "Change")
            .row("words", "1,234.5", "+3.0%")
            .row("w", "–", "-12.5%")
            .toText();
    assertThat(text)
        .isEqualTo(
            """
            Task     Value  Change
            ─────  ───────  ──────
            words  1,234.5   +3.0%
            w            –  -12.5%
            """);
  }

  @Test
  void markdownKeepsCellsInTheirColumns() {
    assertThat(new TextTable("Task", "n").row("a|b\n`c`", 3).toMarkdown())
        .isEqualTo("| Task | n |\n|---|---:|\n| a\\|b \\`c\\` | 3 |\n");
  }

  @Test
  void controlCharactersDoNotReachTheTerminal() {
    assertThat(new TextTable("Task").row("a\u001b[31mb\nc").toText())
        .isEqualTo("Task\n─────────\na [31mb c\n");
  }

  @Test
  void rowsHaveAsManyCellsAsTheHeader() {
    assertThatIllegalArgumentException().isThrownBy(() -> new TextTable("a", "b").row("x"));
    assertThat(new TextTable("a").isEmpty()).isTrue();
  }
}
