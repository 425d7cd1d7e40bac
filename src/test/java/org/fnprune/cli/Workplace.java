package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A folder with tiny models and data, and command lines that run in it: {@code @} in an argument
 * stands for the folder.
 */
final class Workplace {

  /** What a command line did. */
  record Outcome(ExitCode code, String out, String err) {}

  private final Path folder;

  Workplace(Path folder) throws IOException {
    this.folder = folder;
    fill();
  }

  /** Fills a folder as that of a workplace. */
  static void fill(Path folder) throws IOException {
    new Workplace(folder);
  }

  private void fill() throws IOException {
    TinyModels.languageModel(folder.resolve("m"));
    Random random = new Random(11);
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 24; i++) {
      StringBuilder text = new StringBuilder();
      for (int t = 0; t < 6 + i % 5; t++) {
        text.append('w').append(random.nextInt(TinyModels.WORDS)).append(' ');
      }
      rows.append("{\"text\": \"").append(text).append("\"}\n");
    }
    write("text.jsonl", rows.toString());
    write("lm.yaml", "{name: words, type: perplexity, dataset: text.jsonl}\n");
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  Path write(String name, String text) {
    try {
      return Files.writeString(path(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String read(String name) {
    try {
      return Files.readString(path(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A recipe that removes half of the model's neurons and measures the task {@code words}. */
  void recipe(String name, String selector, String compensation) {
    String yaml =
        """
        model: m
        output: out
        calibration: {dataset: text.jsonl}
        networks: {components: 3, restarts: 2}
        prune: {sparsity: 0.5, selector: SELECTOR, round_to: 4}
        compensate: {method: COMPENSATION}
        verify: {tasks: [lm.yaml], latency: false}
        """;
    write(name, yaml.replace("SELECTOR", selector).replace("COMPENSATION", compensation));
  }

  /** Runs a command line whose arguments are separated by single blanks. */
  Outcome run(String commandLine) {
    return run(
        Splitter.on(' ')
            .splitToStream(commandLine.replace("@", folder.toString()))
            .map(argument -> argument.equals("''") ? "" : argument)
            .toArray(String[]::new));
  }

  /** Every file below a folder, sorted. */
  List<String> files(String name) {
    try (Stream<Path> files = Files.walk(path(name))) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> path(name).relativize(file).toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a command line that must succeed. */
  Outcome succeeds(String line) {
    Outcome outcome = run(line);
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.OK);
    return outcome;
  }

  /** Runs a command line that must be refused with this error (its beginning) and help. */
  void refuses(String line, String error, String help) {
    Outcome outcome = run(line);
    assertThat(outcome.err())
        .contains("error: " + error.replace("@", folder.toString()))
        .contains("\nhelp: " + help);
    assertThat(outcome.code()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.out()).isEmpty();
  }

  /** Runs a command line without any argument. */
  Outcome runNothing() {
    return run(new String[0]);
  }

  private static Outcome run(String[] args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    ExitCode code =
        Main.run(
            args,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
