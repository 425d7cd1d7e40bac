package org.fnprune.verify;

/** What the dense model did on a task, and how another model does beside it. Close it. */
public interface Baseline extends AutoCloseable {

  /** The dense model's scores. */
  TaskScores scores();

  /** Runs another model on the same examples. */
  TaskScores score(Model other);

  /** Frees what was kept of the dense model's outputs. */
  @Override
  void close();
}
