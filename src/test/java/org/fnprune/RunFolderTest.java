package org.fnprune;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    open(LOCK, false).begin(LOCK);
    Files.writeString(root.resolve("plan.json"), "{}");
    RunFolder again = open(LOCK, false);
    again.begin(LOCK);
    assertThat(again.resumed()).isTrue();
    assertThat(root.resolve("plan.json")).hasContent("{}");
  }

  @Test
  void aResumedRunSaysWithWhatMeansItWentOn() throws IOException {
    String lock = LOCK + "threads: 0\n";
    open(lock, false).begin(lock);
    String now = LOCK + "threads: 2\n";
    RunFolder again = open(now, false);
    again.begin(now);
    assertThat(again.resumed()).isTrue();
    assertThat(root.resolve("recipe.lock.yaml")).hasContent(now);
  }

  @Test
  void forceStartsOver() throws IOException {
    open(LOCK, false).begin(LOCK);
    Files.createDirectories(root.resolve("moments"));
    Files.writeString(root.resolve("moments/a.npy"), "x");
    RunFolder again = open(LOCK, true);
    again.begin(LOCK);
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
    run.begin(LOCK);
    assertThat(root.resolve(".recipe.lock.yaml.part77")).doesNotExist();
  }

  @Test
  void aDiscardedRunLeavesNoFolderWhereThereWasNone() throws IOException {
    RunFolder run = open(LOCK, false);
    run.begin(LOCK);
    run.write("structure.json", "{}");
    run.discard();
    assertThat(root).doesNotExist();
    Files.createDirectories(root);
    RunFolder second = open(LOCK, false);
    second.begin(LOCK);
    second.discard();
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void clearingFollowsNoLinks() throws IOException {
    Path mine = Files.createDirectory(folder.resolve("mine"));
    Files.writeString(mine.resolve("precious.txt"), "x");
    open(LOCK, false).begin(LOCK);
    Files.createSymbolicLink(root.resolve("slim"), mine);
    open(LOCK, true).begin(LOCK);
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

  private RunFolder open(String lock, boolean force) {
    return RunFolder.open(root, lock, force, model);
  }
}
