package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks of several types in runs, lesions and evaluations, and their log of examples. */
class TaskFilesTest {

  @TempDir private Path folder;
  private Workplace work;

  @BeforeEach
  void prepare() throws IOException {
    work = new Workplace(folder);
    work.recipe("r.yaml", "flap", "bias");
    work.write(
        "choice.yaml",
        "{name: which word, type: multiple-choice, dataset: text.jsonl, prompt: '{text}',"
            + " choices: [w1, w2 w3], label: answer}\n");
    work.write("alike.yaml", "{name: alike, type: fidelity, dataset: text.jsonl}\n");
    work.write("text.jsonl", work.read("text.jsonl").replace("\"}\n", "\", \"answer\": 0}\n"));
    work.write(
        "r.yaml", work.read("r.yaml").replace("[lm.yaml]", "[lm.yaml, choice.yaml, alike.yaml]"));
  }

  private List<JsonObject> lines(String file) {
    return work.read(file).lines().map(l -> JsonParser.parseString(l).getAsJsonObject()).toList();
  }

  private JsonArray tasks(String file) {
    return JsonParser.parseString(work.read(file)).getAsJsonObject().getAsJsonArray("tasks");
  }

  @Test
  void aRunLogsWhatBothModelsSaidToEachExample() {
    work.succeeds("run @/r.yaml --log-samples --limit 7");
    assertThat(work.files("out/samples"))
        .containsExactly("alike.jsonl", "which_word.jsonl", "words.jsonl");
    JsonObject first = lines("out/samples/which_word.jsonl").get(0);
    assertThat(first.get("index").getAsInt()).isZero();
    assertThat(first.get("target").getAsString()).isEqualTo("w1");
    assertThat(first.getAsJsonObject("dense").getAsJsonObject("scores").keySet())
        .containsExactly("acc", "acc_norm");
    assertThat(
            first
                .getAsJsonObject("slim")
                .getAsJsonObject("prediction")
                .getAsJsonArray("log_likelihoods"))
        .hasSize(2);
    List<JsonObject> words = lines("out/samples/words.jsonl");
    assertThat(words).hasSize(7);
    assertThat(words.get(6).get("tokens").getAsInt()).isPositive();
    for (JsonElement task : tasks("out/report.json")) {
      String name = task.getAsJsonObject().get("name").getAsString();
      String metric = task.getAsJsonObject().get("metric").getAsString();
      if (metric.equals("acc")) {
        double mean =
            lines("out/samples/" + name.replace(' ', '_') + ".jsonl").stream()
                .mapToDouble(
                    l ->
                        l.getAsJsonObject("slim")
                            .getAsJsonObject("scores")
                            .get("acc")
                            .getAsDouble())
                .average()
                .orElseThrow();
        assertThat(task.getAsJsonObject().get("slim").getAsDouble()).isEqualTo(mean);
      }
    }
    String before = work.read("out/samples/words.jsonl");
    work.succeeds("run @/r.yaml --log-samples --limit 7 --force");
    assertThat(work.read("out/samples/words.jsonl")).isEqualTo(before);
    work.succeeds("run @/r.yaml --force");
    assertThat(work.path("out/samples")).doesNotExist();
  }

  @Test
  void theDenseModelIsThePerfectOneInAReport() {
    work.succeeds("run @/r.yaml");
    JsonArray tasks = tasks("out/report.json");
    assertThat(tasks)
        .extracting(t -> t.getAsJsonObject().get("metric").getAsString())
        .containsExactly(
            "perplexity", "acc", "acc_norm", "top1_agreement", "kl_divergence", "logit_cosine");
    JsonObject agreement = tasks.get(3).getAsJsonObject();
    assertThat(agreement.get("dense").getAsDouble()).isEqualTo(1);
    assertThat(agreement.get("slim").getAsDouble()).isLessThan(1);
    assertThat(tasks.get(4).getAsJsonObject().get("slim").getAsDouble()).isPositive();
  }

  @Test
  void lesionsAreScoredOnEveryTypeOfTask() {
    work.succeeds("lesion @/r.yaml --draws 1");
    String csv = work.read("out/lesion/lesion.csv");
    assertThat(csv).contains("top1_agreement", "acc_norm", "kl_divergence");
  }

  @Test
  void anEvaluationWritesResultsAndExamplesIntoANewFolder() {
    work.succeeds("eval @/m --task @/choice.yaml --limit 5 --output @/e --log-samples");
    assertThat(work.files("e")).containsExactly("results.json", "samples/which_word.jsonl");
    JsonObject line = lines("e/samples/which_word.jsonl").get(4);
    assertThat(line.keySet()).containsExactly("index", "input", "target", "choices", "model");
    assertThat(tasks("e/results.json")).hasSize(2);
    work.refuses(
        "eval @/m --task @/choice.yaml --output @/e",
        "output '@/e' exists already",
        "choose another --output, or remove it");
    work.refuses(
        "eval @/m --task @/choice.yaml --log-samples",
        "--log-samples writes files, but there is no folder for them",
        "add --output DIR");
  }

  @Test
  void oneModelAloneIsNotAlikeToAnything() {
    work.refuses(
        "eval @/m --task @/alike.yaml",
        "task 'alike' measures how alike a model is to its dense one, but eval has one model only",
        "use it in a recipe, or with prune");
  }

  @Test
  void decodedTextMustFitTheModel() {
    work.write(
        "long.yaml",
        "{name: long, type: generation, dataset: text.jsonl, prompt: text, answer: answer,"
            + " decoding: greedy, max_new_tokens: 40}\n");
    work.refuses(
        "eval @/m --task @/long.yaml",
        "task 'long' has an example of ",
        "cut its examples (max_seq_length in the task file, or max_new_tokens) to 32 tokens");
  }
}
