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

  private RunFolder begun(String lock, boolean force) {
    RunFolder run = open(lock, force);
    run.begin(notes::add);
    return run;
  }

  private RunFolder open(String lock, boolean force) {
    return RunFolder.open(root, lock, force, model);
  }
}
