package org.fnprune;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Npy;
import org.fnprune.linalg.SelfTest;
import org.fnprune.linalg.Threads;
import org.fnprune.network.NetworkFiles;
import org.fnprune.network.SignalDecomposition;
import org.fnprune.recipe.SignalsRequest;

/**
 * ICA of an array that is not a model's: {@code networks --signals X.npy}.
 *
 * @param signals T × N: a row for each time point (token, scan), a column for each signal (neuron,
 *     voxel)
 * @param start what the iterations start from, in place of seeded restarts
 * @param name the array's file name without its ending
 */
public record SignalNetworks(
    SignalsRequest request, Matrix signals, Optional<Matrix> start, String name) {

  private static final int FEWEST = 2;

  /**
   * Reads and checks everything; touches nothing.
   *
   * @param file a NumPy array of two axes
   * @throws UsageException when an array cannot be read, or is too small
   */
  public static SignalNetworks read(Path file, Optional<Path> start, SignalsRequest request)
      throws IOException {
    Matrix signals = array("signals", file);
    if (signals.rows() < FEWEST || signals.cols() < FEWEST) {
      throw new UsageException(
          "signals "
              + file
              + " hold "
              + signals.rows()
              + " × "
              + signals.cols()
              + " values; needed are at least 2 time points (rows) and 2 signals (columns)",
          "an array of one axis counts as one row; save time points × signals");
    }
    Optional<Matrix> given = Optional.empty();
    if (start.isPresent()) {
      given = Optional.of(array("start", start.get()));
    }
    String name = file.getFileName().toString().replaceFirst("(?i)\\.npy$", "");
    return new SignalNetworks(request, signals, given, name.isEmpty() ? "signals" : name);
  }

  private static Matrix array(String what, Path file) throws IOException {
    try {
      return Npy.read(file);
    } catch (NoSuchFileException e) {
      throw new UsageException(what + " " + file + " does not exist", "check the path", e);
    } catch (IOException e) {
      throw new UsageException(
          what + " " + file + " cannot be read: " + e.getMessage(), "check the path", e);
    }
  }

  /**
   * Decomposes and writes {@code networks/NAME.maps.npy} (K × N), {@code .courses.npy} (T × K),
   * {@code .mixing.npy}, {@code .unmixing.npy} and {@code networks.json}.
   *
   * @param force whether an earlier result in the output folder may be replaced
   * @throws UsageException when the output is not free, or the array cannot be decomposed
   */
  public SignalDecomposition run(boolean force, Pipeline.Listener listener) throws IOException {
    ProductFolder folder = ProductFolder.ofNetworks(request.output(), force);
    Threads.set(request.threads());
    SelfTest.run();
    listener.start("networks", 1, "arrays");
    SignalDecomposition found =
        SignalDecomposition.of(signals, request.networks(), start, request.seed());
    listener.advance(1);
    listener.done();
    found.networks().complaints().forEach(listener::warn);
    folder.replace(
        arrays -> {
          Npy.write(arrays.resolve(name + ".courses.npy"), found.courses());
          Npy.write(arrays.resolve(name + ".mixing.npy"), found.mixing());
          Npy.write(arrays.resolve(name + ".unmixing.npy"), found.unmixing());
          NetworkFiles.write(arrays, ImmutableMap.of(name, found.networks()), request.networks());
        });
    return found;
  }

  /** Refuses an output that {@link #run} would refuse. */
  public void requireFree(boolean force) {
    ProductFolder.ofNetworks(request.output(), force);
  }
}
