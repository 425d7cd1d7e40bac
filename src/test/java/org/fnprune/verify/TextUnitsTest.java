package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.ImmutableIntArray;
import org.fnprune.data.TextTokens;
import org.junit.jupiter.api.Test;

class TextUnitsTest {

  private static ImmutableIntArray ints(int... values) {
    return ImmutableIntArray.copyOf(values);
  }

  private static TextUnits units(String text, int... ends) {
    int[] places = new int[ends.length];
    return TextUnits.of(text, new TextTokens(ints(places), ints(places), ints(ends)));
  }

  @Test
  void eachTokenStandsForTheTextBehindTheOneBefore() {
    // The special token in front stands for nothing, the last one for the rest.
    TextUnits units = units("Die Tür auf. ", -1, 3, 7, 11);
    assertThat(units.bytes()).isEqualTo(ints(0, 3, 5, 6));
    assertThat(units.words()).isEqualTo(ints(0, 1, 1, 2));
  }

  /** len(re.split(r"\s+", text)) and len(text.encode("utf-8")). */
  @Test
  void sumsAreTheHarnesssWordsAndBytes() {
    TextUnits units = units(" one\u00a0two\n\nthrée😀", 2, 5, 9, 15, 17);
    assertThat(units.words().stream().sum()).isEqualTo(4);
    assertThat(units.bytes().stream().sum()).isEqualTo(21);
  }

  @Test
  void tokensOfOneCharacterCountItOnce() {
    TextUnits units = units("é x", 1, 1, 3);
    assertThat(units.bytes()).isEqualTo(ints(2, 0, 2));
    assertThat(units.words()).isEqualTo(ints(1, 0, 1));
  }
}
