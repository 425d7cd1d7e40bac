package org.fnprune.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fnprune.common.Failures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskReaderTest {

  @TempDir Path folder;

  private TaskDefinition read(String yaml) throws IOException {
    return TaskReader.read(Files.writeString(folder.resolve("task.yaml"), yaml));
  }

  private String failure(String yaml) {
    return Failures.of(() -> read(yaml)).replace(folder + "/", "");
  }

  @Test
  void readsATaskAndItsDefaults() throws IOException {
    assertThat(read("{name: news, type: classification, dataset: data/test.jsonl}"))
        .isEqualTo(
            new TaskDefinition(
                "news",
                TaskDefinition.Type.CLASSIFICATION,
                folder.resolve("data/test.jsonl"),
                "text",
                false,
                "label",
                ImmutableList.of(),
                "prompt",
                "answer",
                256,
                16,
                0));
  }

  @Test
  void readsEveryKeyOfEachType() throws IOException {
    TaskDefinition news =
        read(
            "{name: n, type: classification, dataset: d, text: t, label: l, labels: [no, yes],"
                + " max_seq_length: 64, batch_size: 2, limit: 9}");
    assertThat(news.text()).isEqualTo("t");
    assertThat(news.label()).isEqualTo("l");
    assertThat(news.labels()).containsExactly("no", "yes");
    assertThat(news.maxSeqLength()).isEqualTo(64);
    assertThat(news.batchSize()).isEqualTo(2);
    assertThat(news.limit()).isEqualTo(9);
    TaskDefinition add = read("{name: n, type: generation, dataset: d, prompt: q, answer: a}");
    assertThat(add.prompt()).isEqualTo("q");
    assertThat(add.answer()).isEqualTo("a");
    assertThat(read("{name: n, type: perplexity, dataset: d, lines: true}").lines()).isTrue();
  }

  @Test
  void saysWhichTypesThereAreAndWhichComeLater() {
    assertThat(failure("name: n\ntype: perplexty\ndataset: d\n"))
        .isEqualTo(
            "task.yaml:2: type perplexty: is not known; allowed: classification, perplexity,"
                + " generation (later: multiple-choice, similarity) | did you mean 'perplexity'?");
    assertThat(failure("{name: n, type: similarity, dataset: d}"))
        .isEqualTo(
            "task.yaml:1: type similarity: is not built yet; allowed: classification, perplexity,"
                + " generation | use one of these for now");
  }

  @Test
  void refusesKeysOfOtherTypes() {
    assertThat(failure("name: n\ntype: perplexity\ndataset: d\nlabel: l\n"))
        .isEqualTo(
            "task.yaml:4: unknown key 'label'; allowed: name, type, dataset, text, lines,"
                + " max_seq_length, batch_size, limit | remove it");
  }

  @Test
  void namesWhatIsMissingOrWrong() {
    assertThat(failure("{name: n, dataset: d}"))
        .isEqualTo("task.yaml:1: 'type' is missing | add it");
    assertThat(failure("{type: generation, dataset: d}"))
        .isEqualTo("task.yaml:1: 'name' is missing | add it");
    assertThat(failure("{name: n, type: generation}"))
        .isEqualTo("task.yaml:1: 'dataset' is missing | add it");
    assertThat(failure("{name: n, type: classification, dataset: d, labels: [a, a]}"))
        .isEqualTo("task.yaml:1: labels a: is listed twice | name each class once");
    assertThat(failure("{name: n, type: classification, dataset: d, labels: [a]}"))
        .startsWith("task.yaml:1: labels [a]: must name at least two classes");
    assertThat(failure("{name: n, type: perplexity, dataset: d, max_seq_length: 0}"))
        .startsWith("task.yaml:1: max_seq_length 0: must be a whole number from 1 to 1048576");
    assertThat(Failures.of(() -> TaskReader.read(Path.of("no.yaml"))))
        .isEqualTo("task file no.yaml does not exist | check the path");
  }
}
