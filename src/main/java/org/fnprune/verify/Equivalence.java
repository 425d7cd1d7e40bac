package org.fnprune.verify;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.ElementType;
import org.fnprune.model.OnnxModel;
import org.fnprune.rewrite.MaskedModel;
import org.fnprune.runtime.BatchRunner;
import org.fnprune.runtime.ExtraInput;
import org.fnprune.runtime.OnnxSession;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.select.PruningPlan;
import org.fnprune.structure.Structure;

/**
 * Whether the slim model, before any compensation, computes what the dense one computes with the
 * dropped channels set to zero. This separates rewriting from pruning: an error here is a bug, and
 * never passes as a loss of accuracy.
 *
 * @param maxAbsDiff largest difference of any output value
 * @param tolerance what it may be: 1e-4 of the largest output (2e-2 in half precision)
 * @param passed whether it is
 * @param batches batches compared
 */
public record Equivalence(double maxAbsDiff, double tolerance, boolean passed, int batches) {

  private static final double RELATIVE = 1e-4;
  private static final double RELATIVE_HALF = 2e-2;

  /** Compares the models' first outputs on {@code batches}. */
  public static Equivalence check(
      MaskedModel masked,
      OnnxModel slim,
      Structure structure,
      PruningPlan plan,
      List<TokenBatch> batches,
      RuntimeOptions options) {
    return check(
        masked, () -> OnnxSession.ofModel(slim, options), structure, plan, batches, options);
  }

  /** Compares the first outputs with those of a model as its file lies on disk. */
  public static Equivalence check(
      MaskedModel masked,
      Path slim,
      Structure structure,
      PruningPlan plan,
      List<TokenBatch> batches,
      RuntimeOptions options) {
    return check(
        masked,
        () -> OnnxSession.ofFile(slim, options, weights(masked)),
        structure,
        plan,
        batches,
        options);
  }

  /** Runs one model after the other: large ones do not fit into memory together. */
  private static Equivalence check(
      MaskedModel masked,
      Supplier<OnnxSession> slim,
      Structure structure,
      PruningPlan plan,
      List<TokenBatch> batches,
      RuntimeOptions options) {
    List<String> output = List.of(masked.model().graph().getOutput(0).getName());
    Map<String, ExtraInput> masks = masked.inputs(structure, plan);
    Difference difference = new Difference();
    try (ReferenceOutputs expected = ReferenceOutputs.create()) {
      try (BatchRunner runner =
          new BatchRunner(OnnxSession.ofModel(masked.model(), options, weights(masked)))) {
        for (TokenBatch batch : batches) {
          expected.add(runner.run(batch, output, masks).get(0).values());
        }
      }
      try (BatchRunner runner = new BatchRunner(slim.get())) {
        for (int i = 0; i < batches.size(); i++) {
          difference.add(expected.get(i), runner.run(batches.get(i), output).get(0).values());
        }
      }
    }
    double tolerance = relative(masked.model()) * difference.largest;
    // Outputs that are all zero or not finite would make any two models equal.
    boolean passed = difference.largest > 0 && difference.max <= tolerance;
    return new Equivalence(difference.max, tolerance, passed, batches.size());
  }

  /** A few batches are not worth a copy of weights that can be read in their files. */
  private static OnnxSession.Weights weights(MaskedModel masked) {
    return masked.model().hasExternalData()
        ? OnnxSession.Weights.MAPPED
        : OnnxSession.Weights.COPIED;
  }

  /** The largest difference so far, and the largest value that was expected. */
  private static final class Difference {

    private double max;
    private double largest;

    void add(FloatBuffer expected, FloatBuffer found) {
      if (expected.remaining() != found.remaining()) {
        max = Double.POSITIVE_INFINITY;
        return;
      }
      for (int i = 0; i < expected.remaining(); i++) {
        max = Math.max(max, difference(expected.get(i), found.get(i)));
        largest = Math.max(largest, finite(expected.get(i)));
      }
    }
  }

  /**
   * This, if the models are equal.
   *
   * @throws IllegalStateException when they are not
   */
  public Equivalence requirePassed() {
    if (!passed) {
      throw new IllegalStateException(
          "the rewritten model does not equal the masked one: outputs differ by "
              + maxAbsDiff
              + ", allowed "
              + tolerance
              + "; this is a bug in fnprune, and no slim model was written");
    }
    return this;
  }

  /** Equal values, infinities and NaN included, differ by nothing. */
  private static double difference(float a, float b) {
    if (Float.compare(a, b) == 0) {
      return 0;
    }
    double difference = Math.abs((double) a - b);
    return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
  }

  private static double finite(float value) {
    return Float.isFinite(value) ? Math.abs(value) : 0;
  }

  private static double relative(OnnxModel model) {
    boolean half =
        model.graph().getInitializerList().stream()
            .anyMatch(
                t ->
                    t.getDataType() == ElementType.FLOAT16.number()
                        || t.getDataType() == ElementType.BFLOAT16.number());
    return half ? RELATIVE_HALF : RELATIVE;
  }
}
