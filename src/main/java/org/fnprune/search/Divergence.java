package org.fnprune.search;

import com.google.common.base.Ascii;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.fnprune.common.UsageException;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Parallel;
import org.fnprune.linalg.Threads;
import org.fnprune.model.OnnxModel;
import org.fnprune.verify.Logits;
import org.fnprune.verify.Predictor;

/**
 * How far a model's outputs are from the dense model's on the same text: the mean over tokens (of
 * classifiers: over texts) of KL(dense ‖ other) = Σ p log(p / q), in nats. Needs no labels; what a
 * slim model adds to the cross entropy of text that the dense model fits.
 *
 * <p>Of outputs that are no logits (hidden states, embeddings): half the squared distance, as a
 * share of the dense outputs' mean square.
 */
final class Divergence {

  /** The dense outputs of one batch. */
  private static final class Reference {

    private final TokenBatch batch;
    private final int classes;

    /** The positions that count, as places among the batch's outputs. */
    private final int[] rows;

    /** Rows × classes: probabilities, or the outputs themselves. */
    private final float[] target;

    /** Of each row Σ p log p, or 0. */
    private final double[] offset;

    Reference(TokenBatch batch, int[] rows, int classes) {
      this.batch = batch;
      this.classes = classes;
      this.rows = rows;
      this.target = new float[Math.multiplyExact(rows.length, classes)];
      this.offset = new double[rows.length];
    }
  }

  private final boolean logits;
  private final List<Reference> references = new ArrayList<>();
  private final double scale;

  private Divergence(boolean logits, List<Reference> references) {
    this.logits = logits;
    this.references.addAll(references);
    this.scale = logits ? 1 : 1 / (2 * Math.max(meanSquare(), Double.MIN_NORMAL));
  }

  /**
   * Runs the dense model.
   *
   * @param logits whether the model's outputs are logits
   */
  static Divergence of(Predictor dense, List<TokenBatch> batches, boolean logits) {
    return new Divergence(logits, batches.stream().map(b -> reference(dense, b, logits)).toList());
  }

  /**
   * Whether a model's first output is logits: all are taken to be, but outputs whose names say that
   * they are hidden states, embeddings or pooled.
   */
  static boolean isOfLogits(OnnxModel model) {
    String name = Ascii.toLowerCase(model.graph().getOutput(0).getName());
    return !(name.contains("hidden") || name.contains("embed") || name.contains("pool"));
  }

  private static Reference reference(Predictor dense, TokenBatch batch, boolean isLogits) {
    Logits outputs = dense.predict(batch);
    int classes = outputs.classes();
    boolean tokens = outputs.shape().length() == 3;
    ImmutableIntArray.Builder rows = ImmutableIntArray.builder();
    for (int text = 0; text < batch.size(); text++) {
      int count = tokens ? batch.sequences().get(text).length() : 1;
      for (int t = 0; t < count; t++) {
        rows.add(tokens ? text * batch.length() + t : text);
      }
    }
    Reference reference = new Reference(batch, rows.build().toArray(), classes);
    Parallel.forEach(
        Threads.get(), reference.rows.length, r -> keep(reference, r, outputs.values(), isLogits));
    requireNumbers(reference);
    return reference;
  }

  /** Beside NaN every model is as good as any other. */
  private static void requireNumbers(Reference reference) {
    boolean numbers =
        DoubleStream.of(reference.offset).allMatch(Double::isFinite)
            && IntStream.range(0, reference.target.length)
                .allMatch(i -> Float.isFinite(reference.target[i]));
    if (!numbers) {
      throw new UsageException(
          "the dense model's first output is NaN or infinite on calibration text, so that no choice"
              + " can be compared with it",
          "look for NaN and overflows in the model's weights with 'fnprune eval', give other text,"
              + " or name a selector and an allocation that need no comparison");
    }
  }

  private static void keep(Reference reference, int row, FloatBuffer values, boolean isLogits) {
    int classes = reference.classes;
    int from = reference.rows[row] * classes;
    if (!isLogits) {
      values.get(from, reference.target, row * classes, classes);
      return;
    }
    double total = Logits.logSumExp(values, from, classes);
    for (int c = 0; c < classes; c++) {
      double log = values.get(from + c) - total;
      double p = Math.exp(log);
      reference.target[row * classes + c] = (float) p;
      reference.offset[row] += p > 0 ? p * log : 0;
    }
  }

  private double meanSquare() {
    double sum = 0;
    long rows = 0;
    for (Reference reference : references) {
      for (float value : reference.target) {
        sum += (double) value * value;
      }
      rows += reference.rows.length;
    }
    return sum / Math.max(1, rows);
  }

  /** The divergence of another model. */
  double of(Predictor other) {
    double sum = 0;
    long rows = 0;
    for (Reference reference : references) {
      sum += DoubleStream.of(rows(reference, other.predict(reference.batch))).sum();
      rows += reference.rows.length;
    }
    return sum / rows;
  }

  /** The divergence of the first batch's outputs. */
  double ofFirst(Logits outputs) {
    return Arrays.stream(rows(references.get(0), outputs)).average().orElseThrow();
  }

  private double[] rows(Reference reference, Logits outputs) {
    double[] rows = new double[reference.rows.length];
    int classes = reference.classes;
    FloatBuffer values = outputs.values();
    Arrays.parallelSetAll(
        rows,
        r -> {
          int from = reference.rows[r] * classes;
          double sum = 0;
          if (!logits) {
            for (int c = 0; c < classes; c++) {
              double difference = values.get(from + c) - reference.target[r * classes + c];
              sum += difference * difference;
            }
            return sum * scale;
          }
          for (int c = 0; c < classes; c++) {
            float p = reference.target[r * classes + c];
            // A class that the dense model rules out (p = 0) may be at −∞ here, too.
            sum += p == 0 ? 0 : p * (double) values.get(from + c);
          }
          return Math.max(0, reference.offset[r] - sum + Logits.logSumExp(values, from, classes));
        });
    return rows;
  }
}
