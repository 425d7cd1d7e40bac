package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.fnprune.model.ModelFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextMarksTest {

  @TempDir private Path folder;

  private TextMarks marks(String config) throws IOException {
    Path file = folder.resolve("model.onnx");
    Files.write(file, new byte[0]);
    Files.writeString(folder.resolve("config.json"), config);
    return TextMarks.of(ModelFolder.open(file));
  }

  @Test
  void endsMayBeSeveralAndInTwoFiles() throws IOException {
    Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": [7, 8]}");
    TextMarks marks = marks("{\"bos_token_id\": 1, \"eos_token_id\": 2}");
    assertThat(marks.begin()).isEqualTo(OptionalInt.of(1));
    assertThat(marks.ends()).containsExactly(7, 8, 2);
  }

  @Test
  void textBeginsWithTheEndTokenWhereThereIsNoOther() throws IOException {
    assertThat(marks("{\"bos_token_id\": null, \"eos_token_id\": 2}").begin())
        .isEqualTo(OptionalInt.of(2));
    assertThat(marks("{}")).isEqualTo(TextMarks.NONE);
  }
}
