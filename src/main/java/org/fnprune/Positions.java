package org.fnprune;

import java.util.Optional;
import org.fnprune.common.UsageException;
import org.fnprune.model.ModelFolder;
import org.fnprune.verify.Task;

/** How long sequences may be: ONNX Runtime's own words for it are no help. */
final class Positions {

  private Positions() {}

  /** The longest sequence that the model takes, if its configuration says. */
  static Optional<Long> of(ModelFolder folder) {
    return folder
        .configNumber("n_positions")
        .or(() -> folder.configNumber("max_position_embeddings"));
  }

  /**
   * Refuses calibration samples that are too long.
   *
   * @param asked the setting {@code max_seq_length}
   * @param longest tokens of the longest sample
   * @throws UsageException when the model has fewer positions
   */
  static void requireSamples(ModelFolder folder, int asked, int longest) {
    require(
        folder,
        longest,
        "max_seq_length " + asked + " lets samples be " + longest + " tokens long",
        "set max_seq_length (--max-seq-length) to ");
  }

  /**
   * Refuses a task with examples that are too long.
   *
   * @throws UsageException when the model has fewer positions
   */
  static void requireTask(ModelFolder folder, Task task) {
    require(
        folder,
        task.longest(),
        "task '" + task.name() + "' has an example of " + task.longest() + " tokens",
        "cut its examples (max_seq_length in the task file, or max_new_tokens) to ");
  }

  private static void require(ModelFolder folder, int longest, String what, String help) {
    Optional<Long> positions = of(folder);
    if (positions.isPresent() && longest > positions.get()) {
      throw new UsageException(
          what + ", but the model has " + positions.get() + " positions (config.json)",
          help + positions.get() + " tokens or fewer");
    }
  }
}
