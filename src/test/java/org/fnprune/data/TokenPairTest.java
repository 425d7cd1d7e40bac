package org.fnprune.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenPairTest {

  private static TokenPair pair(int first, int second) {
    int[] parts =
        IntStream.concat(
                IntStream.concat(IntStream.of(0), IntStream.generate(() -> 1).limit(first)),
                IntStream.concat(
                    IntStream.of(0),
                    IntStream.concat(IntStream.generate(() -> 2).limit(second), IntStream.of(0))))
            .toArray();
    return new TokenPair(
        ImmutableIntArray.copyOf(IntStream.range(0, parts.length)),
        ImmutableIntArray.copyOf(parts),
        ImmutableIntArray.copyOf(parts));
  }

  /** As tokenizers 0.22 cuts with the strategy longest_first and three special tokens. */
  @ParameterizedTest
  @CsvSource({
    "4, 4, 11, 4, 4",
    "4, 4, 10, 3, 4",
    "9, 2, 10, 5, 2",
    "2, 9, 10, 2, 5",
    "9, 9, 10, 3, 4",
    "9, 8, 10, 4, 3",
    "8, 9, 10, 3, 4",
    "7, 1, 5, 1, 1"
  })
  void theLongerTextIsCutFirst(int first, int second, int max, int keptFirst, int keptSecond) {
    TokenPair cut = pair(first, second).cut(max);
    assertThat(cut.count(1)).isEqualTo(keptFirst);
    assertThat(cut.count(2)).isEqualTo(keptSecond);
    assertThat(cut.count(0)).isEqualTo(3);
  }

  @Test
  void aWindowKeepsSpecialTokens() {
    TokenPair window = pair(2, 5).keeping(2, 1, 3);
    assertThat(window.parts()).isEqualTo(ImmutableIntArray.of(0, 1, 1, 0, 2, 2, 0));
    assertThat(window.ids()).isEqualTo(ImmutableIntArray.of(0, 1, 2, 3, 5, 6, 9));
  }

  @Test
  void theTokenizerTellsTheTextsApart(@TempDir Path folder) throws IOException {
    TinyTokenizers.framed(folder, "?", "<s>", "</s>", "a", "b");
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      TokenPair pair = tokenizer.pair("a </s> b", "b");
      assertThat(pair.ids()).isEqualTo(ImmutableIntArray.of(1, 3, 2, 4, 2, 4, 2));
      assertThat(pair.types()).isEqualTo(ImmutableIntArray.of(0, 0, 0, 0, 0, 1, 1));
      assertThat(pair.parts()).isEqualTo(ImmutableIntArray.of(0, 1, 1, 1, 0, 2, 0));
      assertThat(tokenizer.pair("", "b").parts()).isEqualTo(ImmutableIntArray.of(0, 0, 2, 0));
    }
  }

  @Test
  void placesAreInTheTextsOwnUnits(@TempDir Path folder) throws IOException {
    TinyTokenizers.framed(folder, "?", "<s>", "</s>", "a", "b");
    String text = "😀 a é b";
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      TextTokens tokens = tokenizer.tokens(text, true);
      assertThat(tokens.ids()).isEqualTo(ImmutableIntArray.of(1, 0, 3, 0, 4, 2));
      assertThat(text.substring(tokens.starts().get(2), tokens.ends().get(2))).isEqualTo("a");
      assertThat(text.substring(tokens.starts().get(4), tokens.ends().get(4))).isEqualTo("b");
      assertThat(tokens.starts().get(0)).isEqualTo(-1);
      assertThat(tokens.ends().get(5)).isEqualTo(-1);
      assertThat(tokenizer.tokens(text, false).size()).isEqualTo(4);
      assertThat(tokenizer.decode(ImmutableIntArray.of(1, 3, 4))).isEqualTo("a b");
    }
  }
}
