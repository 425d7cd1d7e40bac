package org.fnprune.verify;

import com.google.common.primitives.ImmutableIntArray;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.fnprune.common.UsageException;
import org.fnprune.data.Batches;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Matrix;
import org.fnprune.recipe.TaskKind.Pooling;

/**
 * Turns texts into vectors with a model that gives one per text or one per token.
 *
 * @param task named in errors
 * @param batchSize texts that run together
 */
record Embedder(String task, Pooling pooling, int batchSize, int padId) {

  /** Outputs that are one vector per text, by their usual names. */
  private static final List<String> POOLED = List.of("sentence_embedding", "text_embeds");

  private static final List<String> OF_TOKENS = List.of("last_hidden_state", "token_embeddings");

  /** The embeddings, texts × width, scaled to length 1. */
  Matrix unitVectors(List<ImmutableIntArray> texts, Model model) {
    List<String> output = List.of(output(model));
    double[][] rows = new double[texts.size()][];
    for (Batches.Indexed indexed : Batches.byLength(texts, batchSize, padId)) {
      TokenBatch batch = indexed.batch();
      Logits vectors = model.predict(batch, output).get(0);
      requireVectors(batch, vectors);
      for (int row = 0; row < batch.size(); row++) {
        rows[indexed.rows().get(row)] = unit(pooled(vectors, batch, row));
      }
    }
    return Matrix.of(rows);
  }

  private String output(Model model) {
    List<String> names = pooling == Pooling.AUTO ? POOLED : OF_TOKENS;
    return Stream.concat(names.stream().filter(model.outputs()::contains), model.outputs().stream())
        .findFirst()
        .orElseThrow();
  }

  private void requireVectors(TokenBatch batch, Logits vectors) {
    int rank = vectors.shape().length();
    boolean perText = rank == 2 && pooling == Pooling.AUTO;
    boolean perToken = rank == 3 && vectors.shape().get(1) == batch.length();
    if (!(perText || perToken) || vectors.shape().get(0) != batch.size()) {
      throw new UsageException(
          "task '"
              + task
              + "' needs vectors of batch × width, or of batch × sequence × width to pool, but the"
              + " model gives shape "
              + vectors.shape(),
          "choose a task type that fits the model, or pooling: auto");
    }
  }

  private double[] pooled(Logits vectors, TokenBatch batch, int row) {
    int width = vectors.classes();
    if (vectors.shape().length() == 2) {
      return sum(vectors.values(), row * width, 1, width);
    }
    int tokens = batch.sequences().get(row).length();
    int start = row * batch.length() * width;
    return switch (pooling) {
      case CLS -> sum(vectors.values(), start, 1, width);
      case LAST -> sum(vectors.values(), start + (tokens - 1) * width, 1, width);
      case AUTO, MEAN -> sum(vectors.values(), start, tokens, width);
    };
  }

  /** A mean is a sum of another length, and lengths do not matter here. */
  private static double[] sum(FloatBuffer values, int start, int vectors, int width) {
    double[] sum = new double[width];
    for (int v = 0; v < vectors; v++) {
      for (int i = 0; i < width; i++) {
        sum[i] += values.get(start + v * width + i);
      }
    }
    return sum;
  }

  private static double[] unit(double[] vector) {
    double squares = 0;
    for (double value : vector) {
      squares += value * value;
    }
    double length = Math.sqrt(squares);
    for (int i = 0; i < vector.length; i++) {
      vector[i] = length == 0 ? 0 : vector[i] / length;
    }
    return vector;
  }

  /** Σ a_i·b_i. */
  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
