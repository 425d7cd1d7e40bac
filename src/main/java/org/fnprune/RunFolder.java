package org.fnprune;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.fnprune.common.AtomicFiles;
import org.fnprune.common.UsageException;
import org.fnprune.model.ModelFolder;
import org.jspecify.annotations.Nullable;

/**
 * The folder that a run writes to (DESIGN contract "run folder"). {@code recipe.lock.yaml} is
 * written first and says what the run is; {@code report.json} last, and means that it is finished.
 * Results of stages that lie in it are those of that recipe: what another recipe changes is removed
 * before its own lock is written. From {@link #begin} to {@link #close} no other run can write to it.
 */
public final class RunFolder {

  private static final String LOCK = "recipe.lock.yaml";
  private static final String REPORT = "report.json";

  /** Locked by the operating system while a run writes; see {@link FolderLock}. */
  private static final String IN_USE = ".lock";

  /** Results of finished stages that are no artefacts; gone when the run is finished. */
  private static final String STAGES = ".stages";

  /** The folder of the log of examples, here and where eval writes. */
  static final String SAMPLES = "samples";

  /** What is written last, by the commands that write a run folder. */
  private static final List<String> LAST = List.of(REPORT, "lesion.json", "sweep.json");

  /** Folders of a run folder that are run folders of other commands, and no part of the run. */
  private static final Set<String> INNER = Set.of("lesion", "sweep");

  /** Everything that a run writes, in the order in which it is removed. */
  private static final List<String> ARTEFACTS =
      List.of(
          REPORT,
          STAGES,
          "lesion.json",
          "lesion.csv",
          "lesion.svg",
          "sweep.json",
          "sweep.csv",
          "sweep.svg",
          "report.html",
          "report.md",
          "results.json",
          "results.dense.json",
          "plan.json",
          "structure.json",
          "moments",
          "networks",
          SAMPLES,
          "slim",
          LOCK);

  /** What lies in the output folder before the run. */
  public enum State {
    /** There is no such folder. */
    ABSENT,
    /** Nothing. */
    EMPTY,
    /** An unfinished run, of the same recipe and inputs or of others. */
    UNFINISHED,
    /** A run that is to be replaced. */
    REPLACED
  }

  private final Path root;
  private final String text;
  private final boolean force;
  private State state;
  private LockChanges changes = LockChanges.between("", "");
  private @Nullable FolderLock inUse;

  private RunFolder(Path root, String text, boolean force) throws IOException {
    this.root = root;
    this.text = text;
    this.force = force;
    this.state = look();
  }

  /**
   * Decides what to do with the folder, without touching it.
   *
   * @param lock the text of {@code recipe.lock.yaml}: equal text means the same run
   * @param force whether a run that is there is replaced
   * @throws UsageException when there is something else, or it cannot be written, or it overlaps
   *     the model, or another run is writing to it
   */
  public static RunFolder open(Path root, String lock, boolean force, ModelFolder model) {
    OutputPath.requireApart(root, model);
    OutputPath.requireNoInput(root, ARTEFACTS, LockEntries.files(lock));
    try {
      RunFolder folder = new RunFolder(root, lock, force);
      FolderLock.requireFree(root.resolve(IN_USE), root);
      return folder;
    } catch (IOException e) {
      throw OutputPath.unwritable(root, e);
    }
  }

  private State look() throws IOException {
    if (!Files.exists(root)) {
      OutputPath.requireWritable(root);
      return State.ABSENT;
    }
    if (Files.isDirectory(root) && isEmpty(root)) {
      return State.EMPTY;
    }
    if (!Files.isRegularFile(root.resolve(LOCK))) {
      throw new UsageException(
          "output '"
              + root
              + (Files.isDirectory(root) ? "' is a folder with other files" : "' is a file")
              + ", not the folder of a run",
          "choose another --output, or remove it");
    }
    return force ? State.REPLACED : stateOfRun();
  }

  private State stateOfRun() throws IOException {
    String before = Files.readString(root.resolve(LOCK), StandardCharsets.UTF_8);
    changes = LockChanges.between(before, text);
    if (LAST.stream().noneMatch(name -> Files.exists(root.resolve(name)))) {
      return State.UNFINISHED;
    }
    throw new UsageException(
        "output '"
            + root
            + "' holds a finished run of "
            + (changes.isEmpty() ? "this recipe" : "another recipe: " + changes.words()),
        "add --force to replace it, or choose another --output");
  }

  /**
   * Makes the folder ready: new, cleared, or as the interrupted run left it, without what this
   * recipe changes.
   *
   * @param notes told what of an unfinished run with another recipe is done again
   * @throws UsageException when another run writes to it, or has finished since {@link #open}
   */
  void begin(Consumer<String> notes) {
    try {
      State before = state;
      Files.createDirectories(root);
      inUse = FolderLock.take(root.resolve(IN_USE), root);
      state = look();
      if (state == State.EMPTY) {
        state = before == State.ABSENT ? before : state;
      } else if (state == State.REPLACED) {
        clear();
      } else if (!changes.isEmpty()) {
        Stage first = Stage.firstChanged(changes.keys());
        notes.accept(redone(first));
        forget(first);
      }
      sweep();
      AtomicFiles.writeString(root.resolve(LOCK), text);
    } catch (IOException e) {
      close();
      throw OutputPath.unwritable(root, e);
    } catch (UsageException e) {
      close();
      throw e;
    }
  }

  /**
   * Writes to the folder; no other run can meanwhile. What cannot be done as it was asked for is
   * taken back.
   *
   * @param notes as in {@link #begin}
   * @throws UsageException as {@link #begin}, or the work's own
   */
  <T> T during(Consumer<String> notes, Stopwatch.Work<T> work) throws IOException {
    begin(notes);
    try {
      return work.run();
    } catch (UsageException e) {
      discard();
      throw e;
    } finally {
      close();
    }
  }

  private String redone(Stage first) {
    return "resumed, though "
        + changes.words()
        + "; done again: "
        + Stream.of(Stage.values())
            .filter(stage -> stage.isFrom(first))
            .map(Stage::label)
            .collect(Collectors.joining(", "));
  }

  /** Removes the results of a stage and of all that come after it. */
  void forget(Stage first) throws IOException {
    for (Stage stage : Stage.values()) {
      if (stage.isFrom(first)) {
        Files.deleteIfExists(stage(stage));
      }
    }
    if (!Stage.SLIM.isFrom(first)) {
      return;
    }
    clearSlim();
    if (Stage.SELECTION.isFrom(first)) {
      delete(root.resolve("plan.json"));
    }
    if (Stage.NETWORKS.isFrom(first)) {
      delete(networks());
    }
    if (Stage.CAPTURE.isFrom(first)) {
      delete(moments());
    }
  }

  /**
   * Takes back a run that cannot be done as it was asked for, so that it leaves nothing behind;
   * one that has captured something stays, to be gone on with.
   */
  void discard() throws IOException {
    if (hasCaptured()) {
      return;
    }
    clear();
    sweep();
    close();
    if (state == State.ABSENT && isEmpty(root)) {
      Files.delete(root);
    }
  }

  private boolean hasCaptured() throws IOException {
    if (!Files.isDirectory(moments())) {
      return false;
    }
    try (Stream<Path> files = Files.walk(moments())) {
      return files.anyMatch(file -> file.endsWith("moments.json"));
    }
  }

  /** Removes what only an unfinished run needs. */
  void finish() throws IOException {
    delete(root.resolve(STAGES));
  }

  /** Lets other runs have the folder. */
  void close() {
    FolderLock held = inUse;
    inUse = null;
    if (held != null) {
      held.close();
    }
  }

  /** Whether there may be results of an interrupted run. */
  public boolean resumed() {
    return state == State.UNFINISHED;
  }

  /** What was found when the folder was opened, or begun. */
  State state() {
    return state;
  }

  /** The folder. */
  public Path root() {
    return root;
  }

  /** Where a stage's result is kept that is no artefact. */
  Path stage(Stage stage) {
    return root.resolve(STAGES).resolve(stage.file());
  }

  private static boolean isEmpty(Path root) throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      return files.allMatch(file -> isPartial(file) || isInner(file));
    }
  }

  private static boolean isInner(Path file) {
    return INNER.contains(file.getFileName().toString()) && Files.isRegularFile(file.resolve(LOCK));
  }

  /** What was being written when a run was killed, or is of no use without it. */
  private static boolean isPartial(Path file) {
    String name = file.getFileName().toString();
    return name.equals(IN_USE) || (name.startsWith(".") && name.contains(".part"));
  }

  /** Removes them, wherever in the run's own folders they are. */
  private void sweep() throws IOException {
    sweep(root);
    for (String artefact : ARTEFACTS) {
      Path folder = root.resolve(artefact);
      if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        try (Stream<Path> inside = Files.walk(folder)) {
          for (Path part : inside.filter(Files::isDirectory).toList()) {
            sweep(part);
          }
        }
      }
    }
  }

  private static void sweep(Path folder) throws IOException {
    List<Path> partial;
    try (Stream<Path> files = Files.list(folder)) {
      partial = files.filter(RunFolder::isPartial).toList();
    }
    for (Path file : partial) {
      if (!file.endsWith(IN_USE)) {
        delete(file);
      }
    }
  }

  private void clear() throws IOException {
    for (String artefact : ARTEFACTS) {
      delete(root.resolve(artefact));
    }
  }

  private static void delete(Path file) throws IOException {
    if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      MoreFiles.deleteRecursively(file, RecursiveDeleteOption.ALLOW_INSECURE);
    } else {
      Files.deleteIfExists(file);
    }
  }

  /** Removes what an interrupted run may have left of the slim model. */
  void clearSlim() throws IOException {
    delete(slim());
  }

  Path moments() {
    return root.resolve("moments");
  }

  /** The moments of one group of text, counted from 0. */
  Path momentsOfGroup(int group) {
    return moments().resolve("group-" + (group + 1));
  }

  /** Of the samples of the task's text that are held out. */
  Path heldOut() {
    return moments().resolve("held-out");
  }

  /** Of the text to retain. */
  Path retained() {
    return moments().resolve("retain");
  }

  /** Of the samples of that text that are held out. */
  Path retainedHeldOut() {
    return moments().resolve("retain-held-out");
  }

  Path networks() {
    return root.resolve("networks");
  }

  Path samples() {
    return root.resolve(SAMPLES);
  }

  Path slim() {
    return root.resolve("slim");
  }

  /** Writes one of the run's text files. */
  void write(String name, String text) throws IOException {
    AtomicFiles.writeString(root.resolve(name), text);
  }
}
