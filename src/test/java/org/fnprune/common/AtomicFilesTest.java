package org.fnprune.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void old() throws IOException {
    file = Files.writeString(folder.resolve("a.json"), "old");
  }

  @Test
  void theNewTakesThePlaceOfTheOld() throws IOException {
    AtomicFiles.writeString(file, "new");
    assertThat(file).hasContent("new");
    assertOnlyFile();
  }

  /** While it is written, the old file is whole and in its place. */
  @Test
  void halfOfItIsNeverSeen() throws IOException {
    AtomicFiles.write(
        file,
        out -> {
          out.write(new byte[1 << 20]);
          assertThat(file).hasContent("old");
        });
    assertThat(file).hasSize(1 << 20);
  }

  @Test
  void aFailureLeavesTheOldAndNothingElseAndNamesTheFile() throws IOException {
    assertThatThrownBy(
            () ->
                AtomicFiles.write(
                    file,
                    out -> {
                      out.write(new byte[1 << 20]);
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOfSatisfying(
            FileSystemException.class,
            e -> {
              assertThat(e.getFile()).isEqualTo(file.toString());
              assertThat(e.getReason()).isEqualTo("No space left on device");
            });
    assertThat(file).hasContent("old");
    assertOnlyFile();
  }

  private void assertOnlyFile() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }
}
