package org.fnprune.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fnprune.Pipeline;
import org.fnprune.cli.TinyModels;
import org.fnprune.common.UsageException;
import org.fnprune.recipe.Recipe;
import org.fnprune.report.RunReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PruneFromJavaTest {

  @TempDir Path folder;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private RunReport prune(String output, StringBuilder log) throws IOException {
    Path model = TinyModels.languageModel(folder.resolve("m"));
    Path text =
        write(
            "text.jsonl",
            "{\"text\": \"w1 w2 w3 w4 w1 w0\"}\n{\"text\": \"w5 w2 w3\"}\n".repeat(8));
    Path task = write("task.yaml", "{name: words, type: perplexity, dataset: text.jsonl}\n");
    return PruneFromJava.prune(model, text, task, folder.resolve(output), log);
  }

  @Test
  void aRecipeOfCodeRunsAndTellsOfItsStages() throws IOException {
    StringBuilder log = new StringBuilder();
    RunReport report = prune("out", log);
    assertThat(report.slim().parameters()).isLessThan(report.dense().parameters());
    assertThat(Path.of(report.slim().path()))
        .isRegularFile()
        .startsWith(folder.resolve("out/slim"));
    assertThat(report.gate().passed()).isTrue();
    assertThat(report.data()).hasSize(1).allMatch(file -> file.rows() == 16 && file.skipped() == 0);
    assertThat(log.toString()).contains("dense tasks: 1 tasks\n").contains("capture");
    assertThat(PruneFromJava.summary(report))
        .contains(report.slim().path() + ": ")
        .contains("words perplexity: ");
  }

  @Test
  void theSameRecipeFromAFileComesToTheSame() throws IOException {
    RunReport built = prune("out", new StringBuilder());
    Path file =
        write(
            "recipe.yaml",
            """
            model: m
            output: again
            seed: 7
            calibration: {dataset: text.jsonl}
            prune: {sparsity: 0.5, selector: obs, round_to: 4}
            compensate: {method: least-squares}
            verify: {tasks: [task.yaml], latency: false}
            """);
    RunReport read = Pipeline.run(Recipe.read(file));
    assertThat(read.slim().sha256()).isEqualTo(built.slim().sha256());
    assertThat(read.plan()).isEqualTo(built.plan());
    assertThatThrownBy(() -> Pipeline.run(Recipe.read(file)))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("again");
  }

  @Test
  void whatIsOutOfRangeIsNamed() {
    assertThatThrownBy(() -> Recipe.builder(Path.of("m"), Path.of("o")).sparsity(1.5).build())
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("--sparsity 1.5");
  }
}
