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
import java.util.stream.Stream;
import org.fnprune.common.AtomicFiles;
import org.fnprune.common.UsageException;
import org.fnprune.model.ModelFolder;

/**
 * The folder that a run writes to (DESIGN contract "run folder"). {@code recipe.lock.yaml} is
 * written first and says what the run is; {@code report.json} last, and means that it is finished.
 *
 * @param root the folder
 * @param state what was found there
 */
public record RunFolder(Path root, State state) {

  private static final String LOCK = "recipe.lock.yaml";
  private static final String REPORT = "report.json";

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
    /** An unfinished run of the same recipe and inputs. */
    UNFINISHED,
    /** A run that is to be replaced. */
    REPLACED
  }

  /**
   * Decides what to do with the folder, without touching it.
   *
   * @param lock the text of {@code recipe.lock.yaml}: equal text means the same run
   * @param force whether a run that is there is replaced
   * @throws UsageException when there is something else, or it cannot be written, or it overlaps
   *     the model
   */
  public static RunFolder open(Path root, String lock, boolean force, ModelFolder model) {
    OutputPath.requireApart(root, model);
    try {
      if (!Files.exists(root)) {
        OutputPath.requireWritable(root);
        return new RunFolder(root, State.ABSENT);
      }
      if (Files.isDirectory(root) && isEmpty(root)) {
        return new RunFolder(root, State.EMPTY);
      }
      if (!Files.isRegularFile(root.resolve(LOCK))) {
        throw new UsageException(
            "output '"
                + root
                + (Files.isDirectory(root) ? "' is a folder with other files" : "' is a file")
                + ", not the folder of a run",
            "choose another --output, or remove it");
      }
      return new RunFolder(root, stateOfRun(root, lock, force));
    } catch (IOException e) {
      throw OutputPath.unwritable(root, e);
    }
  }

  private static State stateOfRun(Path root, String lock, boolean force) throws IOException {
    if (force) {
      return State.REPLACED;
    }
    boolean finished = LAST.stream().anyMatch(name -> Files.exists(root.resolve(name)));
    String changes =
        LockChanges.between(Files.readString(root.resolve(LOCK), StandardCharsets.UTF_8), lock);
    if (changes.isEmpty() && !finished) {
      return State.UNFINISHED;
    }
    String run = finished ? "a finished run" : "an unfinished run";
    throw new UsageException(
        "output '"
            + root
            + "' holds "
            + (changes.isEmpty()
                ? run + " of this recipe"
                : run + " of another recipe: " + changes),
        (finished || changes.isEmpty()
                ? "add --force to replace it"
                : "undo that to resume it, add --force to replace it")
            + ", or choose another --output");
  }

  /** Makes the folder ready: new, cleared, or as the interrupted run left it. */
  void begin(String lock) {
    try {
      if (state == State.REPLACED) {
        clear();
      }
      Files.createDirectories(root);
      sweep();
      AtomicFiles.writeString(root.resolve(LOCK), lock);
    } catch (IOException e) {
      throw OutputPath.unwritable(root, e);
    }
  }

  /** Takes back a run that cannot be finished as it was asked for, so that it blocks no other. */
  void discard() throws IOException {
    clear();
    sweep();
    if (state == State.ABSENT && isEmpty(root)) {
      Files.delete(root);
    }
  }

  /** Whether the moments of an interrupted run may be used. */
  public boolean resumed() {
    return state == State.UNFINISHED;
  }

  private static boolean isEmpty(Path root) throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      return files.allMatch(file -> isPartial(file) || isInner(file));
    }
  }

  private static boolean isInner(Path file) {
    return INNER.contains(file.getFileName().toString()) && Files.isRegularFile(file.resolve(LOCK));
  }

  /** A file that was being written when a run was killed. */
  private static boolean isPartial(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith(".") && name.contains(".part");
  }

  private void sweep() throws IOException {
    List<Path> partial;
    try (Stream<Path> files = Files.list(root)) {
      partial = files.filter(RunFolder::isPartial).toList();
    }
    for (Path file : partial) {
      delete(file);
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
