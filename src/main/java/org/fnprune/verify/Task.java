package org.fnprune.verify;

/** Something to measure models on: examples, already tokenised, and how to score them. */
public interface Task {

  /** The name in reports. */
  String name();

  /** Rows of the dataset that could not be used because nothing in them can be predicted. */
  int skipped();

  /** Tokens of the longest example that the model sees. */
  int longest();

  /**
   * Runs a model on all examples.
   *
   * @throws org.fnprune.common.UsageException when the model's output does not fit the task
   */
  TaskScores evaluate(Predictor model);
}
