package org.fnprune.capture;

import com.google.common.primitives.ImmutableDoubleArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Npy;

/**
 * Moments in a folder, a few files per signal:
 *
 * <ul>
 *   <li>{@code <id>.sum.npy} Σh, 1 × d
 *   <li>{@code <id>.gram.npy} Σhhᵀ, d × d
 *   <li>or, of a sketch, {@code <id>.squares.npy} Σh², {@code <id>.values.npy} and {@code
 *       <id>.vectors.npy}
 *   <li>{@code <id>.lag.npy} Σ_t h_t h_{t+1}, 1 × d, when captured
 *   <li>{@code moments.json}, written last: where it is, the capture is complete
 * </ul>
 */
public final class MomentsFiles {

  /** The folder, in that of an unfinished capture, of what it has added up so far. */
  public static final String UNFINISHED = ".passes";

  private MomentsFiles() {}

  /**
   * The moments of a complete capture, read when they are asked for; empty when there is none or
   * files are missing.
   */
  public static Optional<MomentsStore> open(Path folder) {
    if (!MomentsIndex.isIn(folder)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new MomentsFolder(folder));
    } catch (UsageException e) {
      return Optional.empty();
    }
  }

  /**
   * The moments of a complete capture on a device; what {@link Capture} needed to get there is
   * removed. Empty when there is none, files are missing, or it was captured on another device.
   */
  public static Optional<MomentsStore> open(Path folder, String device) throws IOException {
    Optional<MomentsStore> found =
        open(folder)
            .filter(moments -> ((MomentsFolder) moments).index().device().equals(device));
    if (found.isPresent()) {
      PassJournal.remove(folder);
    }
    return found;
  }

  /**
   * The moments of a capture that the user names.
   *
   * @param model what identifies the model they must be of
   * @param signals that they must have
   * @throws UsageException when there are none, or of another model, or a signal is missing
   */
  public static MomentsStore require(Path folder, String model, List<Signal> signals) {
    MomentsFolder moments = new MomentsFolder(folder);
    if (!moments.index().model().equals(model)) {
      throw new UsageException(
          "the moments in " + folder + " were captured of another model",
          "capture again, or name the folder that belongs to this model");
    }
    for (Signal signal : signals) {
      if (!moments.ids().contains(signal.id())
          || moments.entry(signal.id()).width() != signal.width()) {
        throw new UsageException(
            "the moments in "
                + folder
                + " have no '"
                + signal.id()
                + "' of "
                + signal.width()
                + " neurons",
            "capture again");
      }
    }
    return moments;
  }

  /** Writes what is known of one signal. */
  static MomentsIndex.Entry write(
      Path folder, String id, Captured captured, Optional<LagProducts> lag) throws IOException {
    Files.createDirectories(folder);
    Npy.write(file(folder, id, "sum"), captured.sum());
    int rank = 0;
    double residual = 0;
    if (captured instanceof Moments moments) {
      Npy.write(file(folder, id, "gram"), moments.gram());
    } else if (captured instanceof Sketch sketch) {
      Npy.write(file(folder, id, "squares"), sketch.squares());
      Npy.write(
          file(folder, id, "values"),
          Matrix.of(1, sketch.values().length(), sketch.values().toArray()));
      Npy.write(file(folder, id, "vectors"), sketch.vectors());
      rank = sketch.values().length();
      residual = sketch.residual();
    }
    if (lag.isPresent()) {
      Npy.write(file(folder, id, "lag"), lag.get().products());
    }
    return new MomentsIndex.Entry(
        id,
        captured.count(),
        captured.width(),
        captured instanceof Sketch,
        rank,
        residual,
        lag.map(LagProducts::pairs).orElse(MomentsIndex.Entry.NO_PAIRS));
  }

  /** Reads what is known of one signal. */
  static Captured read(Path folder, MomentsIndex.Entry entry) {
    Matrix sum = matrix(folder, entry, "sum", 1);
    if (!entry.sketch()) {
      return new Moments(entry.count(), sum, matrix(folder, entry, "gram", entry.width()));
    }
    return new Sketch(
        entry.count(),
        sum,
        matrix(folder, entry, "squares", 1),
        ImmutableDoubleArray.copyOf(npy(file(folder, entry.id(), "values")).toArray()),
        npy(file(folder, entry.id(), "vectors")),
        entry.residual());
  }

  /** Reads the products of one signal's neighbouring tokens. */
  static Optional<LagProducts> readLag(Path folder, MomentsIndex.Entry entry) {
    return entry.hasLag()
        ? Optional.of(new LagProducts(entry.pairs(), matrix(folder, entry, "lag", 1)))
        : Optional.empty();
  }

  /**
   * Checks that every file that an entry speaks of is there and whole, without reading it.
   *
   * @throws UsageException naming the first that is not
   */
  static void check(Path folder, MomentsIndex.Entry entry) {
    int width = entry.width();
    check(folder, entry, "sum", 1, width);
    if (entry.sketch()) {
      check(folder, entry, "squares", 1, width);
      check(folder, entry, "values", 1, entry.rank());
      check(folder, entry, "vectors", width, entry.rank());
    } else {
      check(folder, entry, "gram", width, width);
    }
    if (entry.hasLag()) {
      check(folder, entry, "lag", 1, width);
    }
  }

  private static void check(
      Path folder, MomentsIndex.Entry entry, String kind, int rows, int cols) {
    Path file = file(folder, entry.id(), kind);
    try {
      if (Files.size(file) == Npy.fileBytes(rows, cols)) {
        return;
      }
    } catch (IOException e) {
      throw new UsageException("moments file " + file + " cannot be read", "capture again", e);
    }
    throw new UsageException("moments file " + file + " is not whole", "capture again");
  }

  private static Matrix matrix(Path folder, MomentsIndex.Entry entry, String kind, int rows) {
    Path file = file(folder, entry.id(), kind);
    Matrix matrix = npy(file);
    if (matrix.rows() != rows || matrix.cols() != entry.width()) {
      throw new UsageException(
          file + " is " + matrix + ", not " + rows + " × " + entry.width(), "capture again");
    }
    return matrix;
  }

  private static Matrix npy(Path file) {
    try {
      return Npy.read(file);
    } catch (IOException e) {
      throw new UsageException(
          "moments file " + file + " cannot be read: " + e.getMessage(), "capture again", e);
    }
  }

  private static Path file(Path folder, String id, String kind) {
    return folder.resolve(id + "." + kind + ".npy");
  }
}
