package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsoleListenerTest {

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private ConsoleListener listener(boolean quiet) {
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    return new ConsoleListener(new Console(stream, stream, false, quiet, ImmutableList.of()));
  }

  private List<String> lines() {
    return err.toString(StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.replaceFirst(" in .*", ""))
        .toList();
  }

  @Test
  void aStageWithinAnotherHasALineOfItsOwn() {
    try (ConsoleListener listener = listener(false)) {
      listener.start("search", 4, "rungs");
      listener.advance(1);
      listener.start("networks", 2, "units");
      listener.advance(2);
      listener.done();
      listener.advance(3);
      listener.done();
    }
    assertThat(lines()).containsExactly("networks: 2 units", "search: 4 rungs");
  }

  @Test
  void quietIsSilentButForWarnings() {
    try (ConsoleListener listener = listener(true)) {
      listener.start("search", 1, "rungs");
      listener.advance(1);
      listener.done();
      listener.note("a note");
      listener.warn("careful");
    }
    assertThat(lines()).containsExactly("warning: careful");
  }
}
