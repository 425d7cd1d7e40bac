package org.fnprune.recipe;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;

/**
 * One task file, validated.
 *
 * @param name names the task in reports
 * @param dataset absolute path of the rows
 * @param text the field with the text (classification, perplexity)
 * @param lines for plain text in perplexity: each line is a document
 * @param label the field with the class (classification)
 * @param labels names of the classes in the order of the model's logits; empty when the rows hold
 *     class numbers
 * @param prompt the field with the prompt (generation)
 * @param answer the field with the answer (generation)
 * @param maxSeqLength longer texts are cut to this many tokens (classification, perplexity)
 * @param batchSize rows that run together
 * @param limit at most this many rows, the first ones; 0 for all
 */
public record TaskDefinition(
    String name,
    Type type,
    Path dataset,
    String text,
    boolean lines,
    String label,
    ImmutableList<String> labels,
    String prompt,
    String answer,
    int maxSeqLength,
    int batchSize,
    int limit) {

  public TaskDefinition {
    if (name.isBlank() || maxSeqLength < 1 || batchSize < 1 || limit < 0) {
      throw new IllegalArgumentException(
          "task '" + name + "': " + maxSeqLength + ", " + batchSize + ", " + limit);
    }
  }

  /** The types of task that are built. */
  public enum Type {
    CLASSIFICATION,
    PERPLEXITY,
    GENERATION
  }
}
