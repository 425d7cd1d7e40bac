package org.fnprune.capture;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.fnprune.common.Progress;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.Graph;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.structure.PrunableUnit;

/** Captures of tiny models, on one thread, without a folder to care for. */
public final class TinyCapture {

  private TinyCapture() {}

  /** The moments of what enters one unit's projection. */
  public static Moments moments(Graph graph, PrunableUnit unit, List<TokenBatch> batches) {
    return (Moments)
        captured(graph, Signal.activation(unit), batches, CaptureOptions.defaults("tiny"));
  }

  /** What is captured of one signal. */
  static Captured captured(
      Graph graph, Signal signal, List<TokenBatch> batches, CaptureOptions options) {
    try {
      Path folder = Files.createTempDirectory("capture");
      try {
        return Capture.run(
                graph,
                List.of(signal),
                batches,
                options,
                RuntimeOptions.cpu(1),
                folder,
                Progress.NONE)
            .get(signal.id());
      } finally {
        MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
