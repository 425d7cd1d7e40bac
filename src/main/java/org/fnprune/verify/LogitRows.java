package org.fnprune.verify;

import com.google.common.primitives.ImmutableIntArray;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.fnprune.common.UsageException;
import org.fnprune.data.TokenBatch;

/** Reads single rows of logits where they lie. */
final class LogitRows {

  private LogitRows() {}

  /** Refuses logits that are not batch × classes. */
  static void requireClassifier(String task, TokenBatch batch, Logits logits) {
    if (logits.shape().length() != 2) {
      throw misfit(task, "classification", "batch × classes", logits);
    }
    requireRows(batch, logits);
  }

  /** Refuses outputs that are not one number per row: batch × 1 or batch. */
  static void requireScore(String task, TokenBatch batch, Logits logits) {
    int rank = logits.shape().length();
    if (rank < 1 || rank > 2 || (rank == 2 && logits.classes() != 1)) {
      throw misfit(task, "similarity", "batch × 1", logits);
    }
    requireRows(batch, logits);
  }

  /** Refuses logits that are not batch × sequence. */
  static void requirePlaces(String task, TokenBatch batch, Logits logits) {
    if (logits.shape().length() != 2 || logits.classes() != batch.length()) {
      throw misfit(task, "question-answering", "batch × sequence for starts and ends", logits);
    }
    requireRows(batch, logits);
  }

  /** Refuses logits that are not batch × sequence × vocabulary. */
  static void requireLanguageModel(String task, String type, TokenBatch batch, Logits logits) {
    if (logits.shape().length() != 3) {
      throw misfit(task, type, "batch × sequence × vocabulary", logits);
    }
    requireRows(batch, logits);
    if (logits.shape().get(1) != batch.length()) {
      throw new IllegalStateException(
          "logits " + logits.shape() + " for " + batch.length() + " tokens");
    }
    requireVocabulary(task, batch.sequences(), logits.classes());
  }

  /** Refuses logits that do not end with those of the tokens that were fed last. */
  static void requireDecoder(String task, TokenBatch fed, Logits logits) {
    if (logits.shape().length() != 3) {
      throw misfit(task, "generation", "batch × sequence × vocabulary", logits);
    }
    requireRows(fed, logits);
    requireVocabulary(task, fed.sequences(), logits.classes());
  }

  /** Refuses tokens that the model does not know. */
  static void requireVocabulary(String task, List<ImmutableIntArray> sequences, int vocabulary) {
    int largest = sequences.stream().flatMapToInt(ImmutableIntArray::stream).max().orElse(0);
    if (largest >= vocabulary) {
      throw new UsageException(
          "task '"
              + task
              + "' has token "
              + largest
              + ", but the model's vocabulary has "
              + vocabulary,
          "does tokenizer.json belong to this model?");
    }
  }

  /** Refuses logits that are not images × classes. */
  static void requireImageClassifier(String task, int images, Logits logits) {
    if (logits.shape().length() != 2 || logits.shape().get(0) != images) {
      throw misfit(task, "image-classification", "images × classes", logits);
    }
  }

  private static void requireRows(TokenBatch batch, Logits logits) {
    if (logits.shape().get(0) != batch.size()) {
      throw new IllegalStateException(
          "logits " + logits.shape() + " for " + batch.size() + " rows");
    }
  }

  private static UsageException misfit(String task, String type, String wanted, Logits logits) {
    return new UsageException(
        "task '"
            + task
            + "' is a "
            + type
            + " task and needs logits of "
            + wanted
            + ", but the model gives shape "
            + logits.shape(),
        "choose a task type that fits the model"
            + (type.equals("similarity") ? ", or 'score: cosine' for a model of embeddings" : ""));
  }

  /**
   * The index of the largest of {@code classes} values from {@code start} on, the first of equals;
   * −1 when one of them is not a number.
   */
  static int argmax(FloatBuffer values, int start, int classes) {
    int best = 0;
    float largest = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      float value = values.get(start + c);
      if (Float.isNaN(value)) {
        return -1;
      }
      if (value > largest) {
        largest = value;
        best = c;
      }
    }
    return best;
  }

  /** Answers that are none. */
  static int missing(int[] answers) {
    return (int) Arrays.stream(answers).filter(answer -> answer < 0).count();
  }

  /**
   * −log softmax(values)[target] = log Σ exp(v_c − max) + max − v_target, in nats and float64.
   *
   * @return NaN when a value is not a number
   */
  static double negativeLogLikelihood(FloatBuffer values, int start, int classes, int target) {
    return Logits.logSumExp(values, start, classes) - values.get(start + target);
  }
}
