package org.fnprune.recipe;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import org.fnprune.common.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * What the evaluation of one model depends on.
 *
 * @param model a model folder or an .onnx file
 * @param seed of the bootstrap
 * @param tasks task files
 * @param limit at most this many rows of each task; 0 for all
 * @param skipBadRows whether bad rows are counted and left out, else the first one stops
 * @param output the folder that results are written to; null where they are only printed
 * @param logSamples whether what the model said to each example is written, too
 */
public record EvalRequest(
    Path model,
    Device device,
    long seed,
    int threads,
    ImmutableList<Path> tasks,
    int limit,
    boolean skipBadRows,
    @Nullable Path output,
    boolean logSamples) {

  public EvalRequest {
    if (logSamples && output == null) {
      throw new UsageException(
          "--log-samples writes files, but there is no folder for them", "add --output DIR");
    }
  }
}
