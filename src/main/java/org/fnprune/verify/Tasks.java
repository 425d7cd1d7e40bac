package org.fnprune.verify;

import java.util.function.Supplier;
import org.fnprune.common.UsageException;
import org.fnprune.data.Tokenizer;
import org.fnprune.recipe.TaskDefinition;
import org.fnprune.recipe.TaskKind;

/** Makes tasks from their definitions. */
public final class Tasks {

  private Tasks() {}

  /**
   * Reads a task's dataset and tokenises it.
   *
   * @param tokenizer the model's, asked for only where there is text
   * @param marks token ids that begin and end text
   * @param limitOverride at most this many rows, in place of the definition's limit; 0 keeps that
   * @throws UsageException when the dataset is unusable, with file and line
   */
  public static Task load(
      TaskDefinition definition,
      Supplier<Tokenizer> tokenizer,
      TextMarks marks,
      int limitOverride) {
    TaskInputs inputs =
        new TaskInputs(tokenizer, marks, limitOverride > 0 ? limitOverride : definition.limit());
    TaskKind kind = definition.kind();
    if (kind instanceof TaskKind.Classification classification) {
      return ClassificationTask.load(definition, classification, inputs);
    }
    if (kind instanceof TaskKind.Similarity similarity) {
      return SimilarityTask.load(definition, similarity, inputs);
    }
    if (kind instanceof TaskKind.Perplexity perplexity) {
      return PerplexityTask.load(definition, perplexity, inputs);
    }
    if (kind instanceof TaskKind.MultipleChoice choice) {
      return MultipleChoiceTask.load(definition, choice, inputs);
    }
    if (kind instanceof TaskKind.Generation generation) {
      return GenerationTask.load(definition, generation, inputs);
    }
    if (kind instanceof TaskKind.QuestionAnswering questions) {
      return QuestionAnsweringTask.load(definition, questions, inputs);
    }
    if (kind instanceof TaskKind.Embedding embedding) {
      return EmbeddingTask.load(definition, embedding, inputs);
    }
    if (kind instanceof TaskKind.ImageClassification images) {
      return ImageClassificationTask.load(definition, images, inputs);
    }
    return FidelityTask.load(definition, (TaskKind.Fidelity) kind, inputs);
  }
}
