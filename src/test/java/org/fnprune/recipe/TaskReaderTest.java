package org.fnprune.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
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
                new TaskKind.Classification(
                    Template.field("text"), null, "label", ImmutableList.of(), 256),
                folder.resolve("data/test.jsonl"),
                16,
                0));
  }

  @Test
  void readsEveryKeyOfAClassification() throws IOException {
    TaskDefinition news =
        read(
            "{name: n, type: classification, dataset: d, text: t, text_pair: u, label: l,"
                + " labels: [no, yes], max_seq_length: 64, batch_size: 2, limit: 9}");
    assertThat(news.kind())
        .isEqualTo(
            new TaskKind.Classification(
                Template.field("t"), Template.field("u"), "l", ImmutableList.of("no", "yes"), 64));
    assertThat(news.batchSize()).isEqualTo(2);
    assertThat(news.limit()).isEqualTo(9);
  }

  @Test
  void aRegressionIsASimilarityOfOneText() throws IOException {
    TaskKind.Similarity pair =
        (TaskKind.Similarity) read("{name: n, type: similarity, dataset: d}").kind();
    TaskKind.Similarity single =
        (TaskKind.Similarity) read("{name: n, type: regression, dataset: d}").kind();
    assertThat(pair.textPair()).isEqualTo(Template.field("text_pair"));
    assertThat(single.textPair()).isNull();
    assertThat(single.score()).isEqualTo(TaskKind.Score.OUTPUT);
    assertThat(failure("{name: n, type: similarity, dataset: d, score: cosin}"))
        .endsWith("score cosin: is not known; allowed: output, cosine | did you mean 'cosine'?");
  }

  @Test
  void aPromptIsAFieldOrATemplate() throws IOException {
    TaskKind.Generation field =
        (TaskKind.Generation) read("{name: n, type: generation, dataset: d, prompt: q}").kind();
    TaskKind.Generation template =
        (TaskKind.Generation)
            read("{name: n, type: generation, dataset: d, prompt: 'Q: {q}', decoding: greedy,"
                    + " max_new_tokens: 5, stop: [\"\\n\"]}")
                .kind();
    assertThat(field.prompt()).isEqualTo(Template.field("q"));
    assertThat(field.greedy()).isNull();
    assertThat(template.prompt().render(name -> "<" + name + ">")).isEqualTo("Q: <q>");
    assertThat(template.greedy()).isEqualTo(new TaskKind.Greedy(5, ImmutableList.of("\n")));
    assertThat(failure("{name: n, type: generation, dataset: d, prompt: 'Q: {q'}"))
        .isEqualTo(
            "task.yaml:1: prompt 'Q: {q': '{' does not belong to a {field}"
                + " | write '{{' for the character itself");
    assertThat(failure("{name: n, type: generation, dataset: d, stop: x}"))
        .endsWith("belongs to decoding: greedy | add 'decoding: greedy', or remove it");
  }

  @Test
  void choicesAreAListOrAField() throws IOException {
    TaskKind.MultipleChoice listed =
        (TaskKind.MultipleChoice)
            read("{name: n, type: multiple-choice, dataset: d, choices: [no, '{x}']}").kind();
    TaskKind.MultipleChoice field =
        (TaskKind.MultipleChoice)
            read("{name: n, type: multiple-choice, dataset: d, choices: options}").kind();
    assertThat(listed.choices()).hasSize(2);
    assertThat(listed.choices().get(0).render(name -> "?")).isEqualTo("no");
    assertThat(listed.choices().get(1)).isEqualTo(Template.field("x"));
    assertThat(listed.delimiter()).isEqualTo(" ");
    assertThat(field.choices()).isEmpty();
    assertThat(field.choicesField()).isEqualTo("options");
    assertThat(failure("{name: n, type: multiple-choice, dataset: d, choices: [no]}"))
        .contains("must have at least two choices");
  }

  @Test
  void windowsOfPerplexityMustCoverTheText() throws IOException {
    TaskKind.Perplexity strided =
        (TaskKind.Perplexity)
            read("{name: n, type: perplexity, dataset: d, max_seq_length: 8, stride: 8}").kind();
    assertThat(strided.stride()).isEqualTo(8);
    assertThat(strided.units()).containsExactly(TaskKind.Unit.TOKEN);
    TaskKind.Perplexity rolling =
        (TaskKind.Perplexity) read("{name: n, type: perplexity, dataset: d, rolling: true}").kind();
    assertThat(rolling.units()).containsExactly(TaskKind.Unit.values());
    assertThat(failure("{name: n, type: perplexity, dataset: d, units: [word, word]}"))
        .contains("must name units, each once");
    assertThat(failure("{name: n, type: perplexity, dataset: d, max_seq_length: 8, stride: 9}"))
        .isEqualTo(
            "task.yaml:1: stride 9: is more than max_seq_length 8: tokens between windows would"
                + " not count | write 8 or less");
    assertThat(failure("{name: n, type: perplexity, dataset: d, stride: 9, rolling: true}"))
        .contains("does not go with rolling: true");
  }

  @Test
  void imagesHaveSizesAndChannels() throws IOException {
    TaskKind.ImageClassification images =
        (TaskKind.ImageClassification)
            read("{name: n, type: image-classification, dataset: d, resize: [8, 9], crop: 4,"
                    + " mean: [0.5, 0, 1], std: 0.25}")
                .kind();
    assertThat(images.pixels())
        .isEqualTo(
            new TaskKind.Pixels(
                ImmutableIntArray.of(8, 9),
                4,
                1 / 255.0,
                ImmutableDoubleArray.of(0.5, 0, 1),
                ImmutableDoubleArray.of(0.25)));
    assertThat(failure("{name: n, type: image-classification, dataset: d, resize: [1, 2, 3]}"))
        .contains("must be the shorter side's length, or [height, width]");
  }

  @Test
  void saysWhichTypesThereAre() {
    assertThat(failure("name: n\ntype: perplexty\ndataset: d\n"))
        .isEqualTo(
            "task.yaml:2: type perplexty: is not known; allowed: classification, similarity,"
                + " regression, perplexity, multiple-choice, generation, question-answering,"
                + " embedding, image-classification, fidelity | did you mean 'perplexity'?");
  }

  @Test
  void refusesKeysOfOtherTypes() {
    assertThat(failure("name: n\ntype: perplexity\ndataset: d\nlabel: l\n"))
        .isEqualTo(
            "task.yaml:4: unknown key 'label'; allowed: name, type, dataset, text, lines,"
                + " document, max_seq_length, stride, rolling, units, batch_size, limit | remove it");
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
