package org.fnprune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.fnprune.cli.Workplace.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models, recipes, data and tasks that are wrong: exit code 2, two lines, and nothing written. */
class WrongInputTest {

  private static final String BLIND =
      " --sparsity 0.5 --round-to 4 --selector random"
          + " --compensate none --latency false --output @/out ";
  private static final String SEEING =
      " --sparsity 0.5 --round-to 4 --latency false --output @/out ";

  @TempDir private Path folder;
  private Workplace work;

  @BeforeEach
  void prepare() throws IOException {
    work = new Workplace(folder);
  }

  @Test
  void modelsThatAreNone() throws IOException {
    refuses("prune @/gone" + BLIND, "model '@/gone' does not exist", "give an .onnx file");
    Files.createDirectory(work.path("bare"));
    refuses("prune @/bare" + BLIND, "folder '@/bare' has no .onnx file", "give an .onnx file");
    work.write("text.onnx", "hello\n");
    refuses("prune @/text.onnx" + BLIND, "@/text.onnx is not a", "");
    work.write("empty.onnx", "");
    refuses("prune @/empty.onnx" + BLIND, "@/empty.onnx is not an ONNX model", "give an .onnx");
    Files.write(
        work.path("picture.onnx"),
        new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13});
    refuses(
        "prune @/picture.onnx" + BLIND, "@/picture.onnx is not a complete ONNX", "the file may");
    byte[] whole = Files.readAllBytes(work.path("m/model.onnx"));
    Files.write(work.path("cut.onnx"), Arrays.copyOf(whole, whole.length / 2));
    refuses("inspect @/cut.onnx", "@/cut.onnx is not a complete ONNX model", "the file may be");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          verifi: {}                  | @/r.yaml:5: unknown key 'verifi'; allowed: model, | did you mean 'verify'?
          seed: x                     | @/r.yaml:5: seed x: must be a whole number | write it in digits
          device: 'cpu                | @/r.yaml:6: not YAML | check quotes
          verify: {tasks: [no.yaml]}  | task file @/no.yaml does not exist | check the path
          verify: {max_dropp: 1}      | @/r.yaml:5: unknown key 'max_dropp' in 'verify' | did you mean 'max_drop'?
          """)
  void recipesThatSaySomethingWrong(String line, String error, String help) {
    work.write(
        "r.yaml",
        "model: m\noutput: out\nprune: {sparsity: 0.5, selector: random}\n"
            + "compensate: {method: none}\n"
            + line
            + "\n");
    refuses("run @/r.yaml", error, help);
  }

  @Test
  void recipesThatAreNone() {
    refuses("run @/gone.yaml", "recipe @/gone.yaml does not exist", "check the path");
    refuses("run @/m", "recipe @/m is not a file", "check the path");
    work.write("r.yaml", "model: m\n");
    refuses("run @/r.yaml", "@/r.yaml:1: 'output' is missing", "add it");
    work.write(
        "r.yaml",
        """
        model: m
        output: out
        calibration: {dataset: gone.csv}
        prune: {sparsity: 0.5}
        """);
    refuses("run @/r.yaml", "dataset @/gone.csv does not exist", "check the path");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                | dataset @/d.jsonl has no rows | give a file
          {"text": "w1"     | @/d.jsonl:1: not valid JSON | write one
          {"txt": "w1"}     | @/d.jsonl:1: row has no field 'text'; its fields are txt | did you mean 'txt'?
          {"text": null}    | @/d.jsonl:1: field 'text' is null | repair the row
          {"text": ""}      | dataset @/d.jsonl: no row has any token | does the tokenizer fit
          """)
  void calibrationTextThatIsUnusable(String row, String error, String help) {
    work.write("d.jsonl", row + (row.isEmpty() ? "" : "\n"));
    refuses("prune @/m --calibration @/d.jsonl" + SEEING, error, help);
  }

  @Test
  void calibrationTextThatDoesNotFitTheModel() {
    work.write("d.jsonl", "{\"text\": \"" + "w1 ".repeat(40) + "\"}\n");
    refuses(
        "prune @/m --calibration @/d.jsonl" + SEEING,
        "max_seq_length 128 lets samples be 40 tokens long, but the model has 32 positions",
        "set max_seq_length (--max-seq-length) to 32");
    refuses(
        "prune @/m --calibration @/text.jsonl --text body" + SEEING,
        "@/text.jsonl:1: row has no field 'body'; its fields are text",
        "name the field");
    refuses(
        "prune @/m --calibration @/m/model.onnx" + SEEING,
        "dataset @/m/model.onnx: format unknown; allowed endings: .jsonl",
        "rename or convert it");
  }

  @Test
  void companionFilesThatAreMissingOrBroken() throws IOException {
    String line = "prune @/m --calibration @/text.jsonl" + SEEING;
    work.write("m/config.json", "{");
    refuses(line, "@/m/config.json is not a readable JSON object", "mend or remove the file");
    Files.delete(work.path("m/config.json"));
    work.write("m/tokenizer.json", "{");
    refuses(line, "tokenizer @/m/tokenizer.json is not a JSON object", "export it again");
    work.write("m/tokenizer.json", "{\"version\": \"1.0\"}");
    refuses(line, "tokenizer @/m/tokenizer.json cannot be read", "export it again");
    Files.delete(work.path("m/tokenizer.json"));
    refuses(line, "no tokenizer.json beside @/m/model.onnx", "put the model's");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {name: t, type: clasification, dataset: d.jsonl} | {} | @/t.yaml:1: type clasification: is not known; allowed: | did you mean 'classification'?
          {name: t, type: multiple-choise, dataset: d}      | {} | @/t.yaml:1: type multiple-choise: is not known; allowed: | did you mean 'multiple-choice'?
          {name: t, type: perplexity}                      | {} | @/t.yaml:1: 'dataset' is missing | add it
          {name: t, type: perplexity, dataset: gone.jsonl} | {} | dataset @/gone.jsonl does not exist | check the path
          {name: t, type: perplexity, dataset: d.jsonl, label: l} | {} | @/t.yaml:1: unknown key 'label' | remove it
          {name: t, type: generation, dataset: d.jsonl}    | {"prompt": "w1"} | @/d.jsonl:1: row has no field 'answer' | name the field
          {name: t, type: generation, dataset: d.jsonl}    | {"prompt": "w1", "answer": ""} | @/d.jsonl:1: field 'answer' adds no tokens | give every row an answer
          {name: t, type: classification, dataset: d.jsonl} | {"text": "w1", "label": "x"} | @/d.jsonl:1: label 'x' is not a class number | add 'labels:
          {name: t, type: classification, dataset: d.jsonl} | {"text": "w1", "label": 0} | task 't' is a classification task and needs logits | choose a task type
          """)
  void tasksThatAreWrong(String task, String row, String error, String help) {
    work.write("t.yaml", task + "\n");
    work.write("d.jsonl", row + "\n");
    refuses("eval @/m --task @/t.yaml", error, help);
    refuses("prune @/m --task @/t.yaml" + BLIND, error, help);
  }

  @Test
  void tasksThatDoNotFitTheModel() throws IOException {
    TinyModels.classifier(work.path("c"));
    work.write("d.jsonl", "{\"text\": \"w1 w2\", \"label\": 7}\n");
    work.write("t.yaml", "{name: t, type: classification, dataset: d.jsonl}\n");
    refuses(
        "prune @/c --task @/t.yaml" + BLIND,
        "@/d.jsonl:1: label 7, but the model has 3 classes: 0 to 2",
        "does the dataset belong");
    work.write("d.jsonl", "{\"text\": \"" + "w1 ".repeat(40) + "\"}\n");
    work.write("t.yaml", "{name: t, type: perplexity, dataset: d.jsonl}\n");
    refuses(
        "prune @/m --task @/t.yaml" + BLIND,
        "task 't' has an example of 39 tokens, but the model has 32 positions",
        "cut its examples");
  }

  @Test
  void twoTasksOfOneNameWouldHideEachOther() {
    refuses(
        "eval @/m --task @/lm.yaml --task @/lm.yaml",
        "task name 'words' is used twice: in @/lm.yaml and in @/lm.yaml",
        "give each task a name of its own");
  }

  @Test
  void aModelWithoutAnythingToPruneSendsToInspect() throws IOException {
    TinyModels.headOnly(work.path("h"));
    refuses("prune @/h" + BLIND, "model '@/h' has no prunable units", "see 'fnprune inspect");
  }

  @Test
  void outputsThatCannotBe() throws IOException {
    String line = "prune @/m" + BLIND.replace("--output @/out ", "--output ");
    work.write("file", "x");
    refuses(line + "@/file", "output '@/file' is a file", "choose another --output");
    refuses(
        line + "@/file/a/b",
        "output '@/file/a/b' cannot be made: '@/file' is not a folder",
        "choose a folder you may write to");
    refuses(line + "@/m", "output '@/m' overlaps the model folder", "choose an --output outside");
    refuses(line + "@/m/out", "output '@/m/out' overlaps", "choose an --output outside");
    refuses(line + "@", "output '@' overlaps the model folder", "choose an --output outside");
    Files.createDirectory(work.path("mine"));
    work.write("mine/precious.txt", "x");
    refuses(
        line + "@/mine --force", "output '@/mine' is a folder with other files", "choose another");
    assertThat(work.path("mine")).isDirectoryContaining("glob:**precious.txt");
    assertThat(work.path("file")).hasContent("x");
  }

  private void refuses(String line, String error, String help) {
    Outcome outcome = work.run(line.strip());
    assertThat(outcome.err().lines().toList()).hasSize(2);
    assertThat(outcome.err().lines().toList().get(0))
        .startsWith("error: " + error.replace("@", folder.toString()));
    assertThat(outcome.err().lines().toList().get(1))
        .startsWith("help: " + help.replace("@", folder.toString()))
        .hasSizeGreaterThan("help: ".length());
    assertThat(outcome.code()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.out()).isEmpty();
    assertThat(work.path("out")).doesNotExist();
  }
}
