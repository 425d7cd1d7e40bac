package org.fnprune.verify;

/** A task whose examples have right answers: any model can be scored alone. */
public interface LabelledTask extends Task {

  /**
   * Runs a model on all examples.
   *
   * @throws org.fnprune.common.UsageException when the model's output does not fit the task
   */
  TaskScores evaluate(Model model);

  @Override
  default Baseline baseline(Model dense) {
    TaskScores scores = evaluate(dense).requireAnswers();
    return new Baseline() {
      @Override
      public TaskScores scores() {
        return scores;
      }

      @Override
      public TaskScores score(Model other) {
        return evaluate(other);
      }

      @Override
      public void close() {}
    };
  }
}
