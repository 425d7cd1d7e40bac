package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.fnprune.runtime.ModelRunException;
import org.junit.jupiter.api.Test;

class ErrorsTest {

  @Test
  void fileErrorsNameTheFileAndTheReason() {
    assertThat(printed(new NoSuchFileException("/data/x")))
        .isEqualTo(
            "error: file /data/x is gone\nhelp: nothing that was finished is lost: put it right,"
                + " then run the same command again, with --verbose to see where\n");
    FileSystemException full = new FileSystemException("/out/a", null, "No space left on device");
    assertThat(printed(full)).startsWith("error: /out/a: No space left on device\nhelp: nothing");
    assertThat(printed(new UncheckedIOException(full))).isEqualTo(printed(full));
  }

  @Test
  void memoryThatRanOutSaysHowToGiveMore() {
    assertThat(printed(new OutOfMemoryError("Java heap space")))
        .isEqualTo(
            """
            error: Java heap space
            help: give Java more memory, for instance java -Xmx8g -jar fnprune.jar …
            """);
  }

  @Test
  void aModelThatDoesNotRunPointsAtItsCompanions() {
    assertThat(printed(new ModelRunException("ONNX Runtime failed: x", new Exception("x"))))
        .startsWith("error: ONNX Runtime failed: x\nhelp: do config.json and tokenizer.json");
  }

  @Test
  void anErrorWithoutWordsIsNamedByItsKind() {
    assertThat(printed(new StackOverflowError())).startsWith("error: StackOverflowError\nhelp: ");
  }

  private static String printed(Throwable error) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Errors.printFailure(new PrintStream(bytes, true, StandardCharsets.UTF_8), error, false);
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
