package org.fnprune.verify;

import org.fnprune.common.UsageException;
import org.fnprune.data.Datasets;
import org.fnprune.data.Tokenizer;
import org.fnprune.recipe.TaskDefinition;

/** Makes tasks from their definitions. */
public final class Tasks {

  private Tasks() {}

  /** Reads a task's dataset, where a bad row stops, and tokenises it. */
  public static Task load(TaskDefinition definition, Tokenizer tokenizer, int limitOverride) {
    return load(definition, new Datasets(false), tokenizer, limitOverride);
  }

  /**
   * Reads a task's dataset and tokenises it.
   *
   * @param datasets reads it, and keeps what was read
   * @param limitOverride at most this many rows, in place of the definition's limit; 0 keeps that
   * @throws UsageException when the dataset is unusable, with file and line
   */
  public static Task load(
      TaskDefinition definition, Datasets datasets, Tokenizer tokenizer, int limitOverride) {
    int limit = limitOverride > 0 ? limitOverride : definition.limit();
    return switch (definition.type()) {
      case CLASSIFICATION -> ClassificationTask.load(definition, datasets, tokenizer, limit);
      case PERPLEXITY -> PerplexityTask.load(definition, datasets, tokenizer, limit);
      case GENERATION -> GenerationTask.load(definition, datasets, tokenizer, limit);
    };
  }

  static void requireExamples(TaskDefinition definition, int count) {
    if (count == 0) {
      throw new UsageException(
          "task '"
              + definition.name()
              + "': no row of "
              + definition.dataset()
              + " has enough tokens",
          "does the tokenizer fit the text?");
    }
  }
}
