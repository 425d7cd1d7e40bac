package org.fnprune;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.fnprune.common.Failures;
import org.fnprune.model.ModelFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {

  private static final String LOCK = "# fnprune 1\nseed: 42\n";

  @TempDir private Path folder;
  private Path root;
  private ModelFolder model;
  private final List<String> notes = new ArrayList<>();

  @BeforeEach
  void prepare() throws IOException {
    root = folder.resolve("deep/out");
    Path models = Files.createDirectory(folder.resolve("m"));
    model = ModelFolder.open(Files.writeString(models.resolve("model.onnx"), "x"));
  }

  @Test
  void openingTouchesNothing() {
    assertThat(open(LOCK, false).state()).isEqualTo(RunFolder.State.ABSENT);
    assertThat(root.getParent()).doesNotExist();
  }

  @Test
  void anUnfinishedRunIsResumedAndKeepsItsLock() throws IOException {
    begun(LOCK, false).close();
    Files.writeString(root.resolve("plan.json"), "{}");
    RunFolder again = open(LOCK, false);
    again.begin(notes::add);
    assertThat(again.resumed()).isTrue();
    assertThat(root.resolve("plan.json")).hasContent("{}");
  }

  @Test
  void aResumedRunSaysWithWhatMeansItWentOn() throws IOException {
    String lock = LOCK + "threads: 0\n";
    begun(lock, false).close();
    String now = LOCK + "threads: 2\n";
    RunFolder again = open(now, false);
    again.begin(notes::add);
    assertThat(again.resumed()).isTrue();
    assertThat(root.resolve("recipe.lock.yaml")).hasContent(now);
  }

  @Test
  void forceStartsOver() throws IOException {
    begun(LOCK, false).close();
    Files.createDirectories(root.resolve("moments"));
    Files.writeString(root.resolve("moments/a.npy"), "x");
    RunFolder again = open(LOCK, true);
    again.begin(notes::add);
    assertThat(again.resumed()).isFalse();
    assertThat(root).isDirectoryNotContaining("glob:**moments");
    assertThat(root.resolve("recipe.lock.yaml")).hasContent(LOCK);
  }

  @Test
  void aFolderWithOnlyPartialFilesCountsAsEmpty() throws IOException {
    Files.createDirectories(root);
    Files.writeString(root.resolve(".recipe.lock.yaml.part77"), "half");
    RunFolder run = open(LOCK, false);
    assertThat(run.state()).isEqualTo(RunFolder.State.EMPTY);
    run.begin(notes::add);
    assertThat(root.resolve(".recipe.lock.yaml.part77")).doesNotExist();
  }

  @Test
  void aDiscardedRunLeavesNoFolderWhereThereWasNone() throws IOException {
    RunFolder run = open(LOCK, false);
    run.begin(notes::add);
    run.write("structure.json", "{}");
    run.discard();
    assertThat(root).doesNotExist();
    Files.createDirectories(root);
    RunFolder second = open(LOCK, false);
    second.begin(notes::add);
    second.discard();
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void clearingFollowsNoLinks() throws IOException {
    Path mine = Files.createDirectory(folder.resolve("mine"));
    Files.writeString(mine.resolve("precious.txt"), "x");
    begun(LOCK, false).close();
    Files.createSymbolicLink(root.resolve("slim"), mine);
    begun(LOCK, true).close();
    assertThat(root).isDirectoryNotContaining("glob:**slim");
    assertThat(mine.resolve("precious.txt")).exists();
  }

  @Test
  void aLinkIntoTheModelFolderIsStillAnOverlap() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("m"));
    ModelFolder whole = ModelFolder.open(folder.resolve("m"));
    assertThat(Failures.of(() -> RunFolder.open(link.resolve("out"), LOCK, false, whole)))
        .startsWith("output '" + link + "/out' overlaps the model folder '");
  }

  /** Above a link's target, not above the link: where the file system writes. */
  @Test
  void whatLiesAboveALinksTargetIsNotWhatLiesAboveTheLink() throws IOException {
    Files.createDirectories(folder.resolve("m/sub"));
    Files.createDirectory(folder.resolve("links"));
    Path link = Files.createSymbolicLink(folder.resolve("links/link"), folder.resolve("m/sub"));
    ModelFolder whole = ModelFolder.open(folder.resolve("m"));
    Path output = link.resolve("../out");
    assertThat(Failures.of(() -> RunFolder.open(output, LOCK, false, whole)))
        .startsWith("output '" + output + "' overlaps the model folder '");
  }

  @Test
  void aSecondRunIsKeptOut() throws IOException {
    RunFolder first = begun(LOCK, false);
    String refusal =
        "output '"
            + root
            + "' is being written by another run (process "
            + ProcessHandle.current().pid()
            + ") | wait for it, stop it, or choose another --output";
    assertThat(Failures.of(() -> open(LOCK, false))).isEqualTo(refusal);
    assertThat(Failures.of(() -> open(LOCK, true))).isEqualTo(refusal);
    assertThat(root.resolve("recipe.lock.yaml")).hasContent(LOCK);
    first.close();
    assertThat(root.resolve(".lock")).doesNotExist();
    begun(LOCK, false).close();
  }

  @Test
  void aRunThatBeganBetweenOpeningAndBeginningKeepsItsFolder() throws IOException {
    RunFolder late = open(LOCK, true);
    RunFolder first = begun(LOCK, false);
    first.write("structure.json", "{}");
    assertThat(Failures.of(() -> late.during(notes::add, () -> "done")))
        .contains("is being written by another run");
    assertThat(root.resolve("structure.json")).hasContent("{}");
    first.close();
  }

  @Test
  void aRunThatFinishedMeanwhileIsNotGoneOnWith() throws IOException {
    RunFolder late = open(LOCK, false);
    RunFolder first = begun(LOCK, false);
    first.write("report.json", "{}");
    first.close();
    assertThat(Failures.of(() -> late.during(notes::add, () -> "done")))
        .contains("holds a finished run of this recipe");
    assertThat(root.resolve("report.json")).hasContent("{}");
  }

  /** The lock goes with the process; its file may stay. */
  @Test
  void theFileOfAKilledRunKeepsNoOneOut() throws IOException {
    begun(LOCK, false).close();
    Files.writeString(root.resolve(".lock"), "12345 ");
    begun(LOCK, false).close();
    assertThat(root.resolve(".lock")).doesNotExist();
  }

  @Test
  void partialFilesAreRemovedWhereverTheyAre() throws IOException {
    begun(LOCK, false).close();
    Files.createDirectories(root.resolve("moments/group-1"));
    Path partial = Files.writeString(root.resolve("moments/group-1/.a.gram.npy.part9"), "half");
    Path whole = Files.writeString(root.resolve("moments/group-1/a.sum.npy"), "whole");
    begun(LOCK, false).close();
    assertThat(partial).doesNotExist();
    assertThat(whole).exists();
  }

  @Test
  void whatWasCapturedOutlivesARunThatCannotBeDone() throws IOException {
    RunFolder run = begun(LOCK, false);
    Files.createDirectories(root.resolve("moments"));
    Files.writeString(root.resolve("moments/moments.json"), "{}");
    run.discard();
    run.close();
    assertThat(root.resolve("moments/moments.json")).exists();
    assertThat(open(LOCK, false).state()).isEqualTo(RunFolder.State.UNFINISHED);
  }

  @Test
  void whatARecipeChangesIsRemoved() throws IOException {
    RunFolder run = begun(LOCK + "prune:\n  sparsity: 0.5\n", false);
    for (String part : List.of("moments", "networks", "slim", ".stages")) {
      Files.createDirectories(root.resolve(part));
    }
    run.write("plan.json", "{}");
    for (Stage stage : List.of(Stage.SELECTION, Stage.SLIM)) {
      Files.writeString(run.stage(stage), "{}");
    }
    run.close();
    RunFolder again = begun(LOCK + "prune:\n  sparsity: 0.25\n", false);
    assertThat(notes)
        .containsExactly(
            "resumed, though prune.sparsity was 0.5, is 0.25;"
                + " done again: selection, slim model, verification");
    assertThat(root.resolve("moments")).exists();
    assertThat(root.resolve("networks")).exists();
    for (Path gone :
        List.of(
            root.resolve("plan.json"),
            root.resolve("slim"),
            again.stage(Stage.SELECTION),
            again.stage(Stage.SLIM))) {
      assertThat(gone).doesNotExist();
    }
    again.close();
    begun(LOCK.replace("42", "7"), false).close();
    assertThat(root.resolve("moments")).doesNotExist();
    assertThat(root.resolve("networks")).doesNotExist();
  }

  @Test
  void inputsInTheOutputAreRefused() throws IOException {
    begun(LOCK, false).close();
    Files.createDirectories(root.resolve("samples"));
    Path text = Files.writeString(root.resolve("samples/a.jsonl"), "{}");
    Path link = Files.createSymbolicLink(folder.resolve("link.jsonl"), text);
    for (Path input : List.of(text, link, root.resolve("moments/moments.json"))) {
      assertThat(Failures.of(() -> open(LOCK + "# sha256 ab  " + input + "\n", true)))
          .isEqualTo(
              "input '"
                  + input
                  + "' lies in the output '"
                  + root
                  + "', where it would be replaced"
                  + " | choose another --output, or copy the input elsewhere");
    }
    assertThat(text).exists();
  }

  private RunFolder begun(String lock, boolean force) {
    RunFolder run = open(lock, force);
    run.begin(notes::add);
    return run;
  }

  private RunFolder open(String lock, boolean force) {
    return RunFolder.open(root, lock, force, model);
  }
}
