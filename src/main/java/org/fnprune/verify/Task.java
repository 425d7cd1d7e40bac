package org.fnprune.verify;

import com.google.gson.JsonObject;

/** Something to measure models on: examples, ready to be fed, and how to score them. */
public interface Task {

  /** The name in reports. */
  String name();

  /** Rows of the dataset that could not be used because nothing in them can be predicted. */
  int skipped();

  /** Tokens of the longest example that the model sees; 0 where it sees no tokens. */
  int longest();

  /** What the log says of one example: its input, or the input's size, and the right answer. */
  JsonObject example(int index);

  /**
   * Runs the dense model on all examples. What comes back scores other models on the same.
   *
   * @throws org.fnprune.common.UsageException when the model's output does not fit the task
   */
  Baseline baseline(Model dense);
}
