package org.fnprune.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fnprune.common.Failures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {

  @TempDir Path folder;

  private static ImmutableIntArray ids(int... ids) {
    return ImmutableIntArray.copyOf(ids);
  }

  @Test
  void turnsTextIntoIds() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(TinyTokenizers.words(folder, "?", "a", "b"))) {
      assertThat(tokenizer.encode("a b b c")).isEqualTo(ids(1, 2, 2, 0));
      assertThat(tokenizer.encode("a b b c", 2)).isEqualTo(ids(1, 2));
      assertThat(tokenizer.encode("")).isEqualTo(ids());
      assertThat(tokenizer.padId()).isZero();
    }
  }

  @Test
  void wordsOfTokensAreTheirText() throws IOException {
    Path file = TinyTokenizers.framed(folder, "?", "<s>", "</s>", "a", "b");
    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      ImmutableList<String> words = tokenizer.words(ids(1, 3, 4, 3, 2));
      assertThat(words).hasSize(5);
      assertThat(words.stream().map(String::strip)).containsExactly("<s>", "a", "b", "a", "</s>");
      assertThat(tokenizer.words(ids())).isEmpty();
    }
  }

  @Test
  void opensTheFolderAsWellAsTheFile() throws IOException {
    TinyTokenizers.words(folder, "?", "a");
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      assertThat(tokenizer.encode("a")).isEqualTo(ids(1));
    }
  }

  @Test
  void addsSpecialTokensAsAsked() throws IOException {
    Path file = TinyTokenizers.framed(folder, "?", "<s>", "</s>", "a", "b");
    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      assertThat(tokenizer.encode("a b")).isEqualTo(ids(1, 3, 4, 2));
      assertThat(tokenizer.encode("a b", Tokenizer.Special.ALL)).isEqualTo(ids(1, 3, 4, 2));
      assertThat(tokenizer.encode("a b", Tokenizer.Special.LEADING)).isEqualTo(ids(1, 3, 4));
      assertThat(tokenizer.encode("a b", Tokenizer.Special.NONE)).isEqualTo(ids(3, 4));
      assertThat(tokenizer.encode("", Tokenizer.Special.LEADING)).isEqualTo(ids(1));
    }
  }

  @Test
  void specialTokensWrittenInTheTextAreText() throws IOException {
    Path file = TinyTokenizers.framed(folder, "?", "<s>", "</s>", "a", "b");
    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      assertThat(tokenizer.encode("a </s>", Tokenizer.Special.LEADING)).isEqualTo(ids(1, 3, 2));
    }
  }

  @Test
  void cuttingKeepsTheSpecialTokensAtBothEnds() throws IOException {
    Path file = TinyTokenizers.framed(folder, "?", "<s>", "</s>", "a", "b");
    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      assertThat(tokenizer.encode("a b a b", 4)).isEqualTo(ids(1, 3, 4, 2));
      assertThat(tokenizer.encode("a b", 4)).isEqualTo(ids(1, 3, 4, 2));
      assertThat(tokenizer.encode("a b", 2)).isEqualTo(ids(1, 2));
    }
  }

  @Test
  void cuttingAndPaddingThatTheFileAsksForAreOff() throws IOException {
    Path file = TinyTokenizers.framedCutAndPadded(folder, "?", "<s>", "<pad>", "a", "b");
    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      assertThat(tokenizer.encode("a")).isEqualTo(ids(1, 3, 2));
      assertThat(tokenizer.encode("a b a b a b")).isEqualTo(ids(1, 3, 4, 3, 4, 3, 4, 2));
      assertThat(tokenizer.padId()).isEqualTo(2);
    }
  }

  @Test
  void onlyTheTokenizerFileCounts() throws IOException {
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"do_lower_case\": true, \"strip_accents\": true, \"model_max_length\": 2,"
            + " \"add_bos_token\": true, \"bos_token\": \"a\"}");
    try (Tokenizer tokenizer = Tokenizer.open(TinyTokenizers.words(folder, "?", "a", "A"))) {
      assertThat(tokenizer.encode("A a A á")).isEqualTo(ids(2, 1, 2, 0));
    }
  }

  @Test
  void veryLongTextsAreNotCut() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(TinyTokenizers.words(folder, "?", "a"))) {
      assertThat(tokenizer.encode("a ".repeat(20_000)).length()).isEqualTo(20_000);
    }
  }

  @Test
  void padsWithTheSpecialTokenCalledPad() throws IOException {
    Path file = TinyTokenizers.framed(folder, "?", "<s>", "[PAD]", "a");
    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      assertThat(tokenizer.padId()).isEqualTo(2);
    }
  }

  @Test
  void refusesAMissingOrBrokenFile() throws IOException {
    assertThat(Failures.of(() -> Tokenizer.open(folder)))
        .isEqualTo(
            "tokenizer "
                + folder
                + "/tokenizer.json does not exist"
                + " | put the model's tokenizer.json beside model.onnx");
    Path file = Files.writeString(folder.resolve("tokenizer.json"), "{\"model\":{}}");
    assertThat(Failures.of(() -> Tokenizer.open(file)))
        .startsWith("tokenizer " + file + " cannot be read: ");
    Files.writeString(file, "not json");
    assertThat(Failures.of(() -> Tokenizer.open(file)))
        .startsWith("tokenizer " + file + " is not a JSON object | ");
  }
}
