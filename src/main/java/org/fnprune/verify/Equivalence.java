package org.fnprune.verify;

import java.util.List;
import java.util.Map;
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
 * @param maxAbsDiff largest difference of any value of one output: of the one that differs most
 *     beside its tolerance
 * @param tolerance what it may be: 1e-4 of that output's largest value (2e-2 in half precision)
 * @param passed whether all outputs are the same by this rule, and the first is not all zero, which
 *     would make any two models equal
 * @param batches batches compared
 * @param outputs outputs compared: all that are floats, KV caches at the positions that stay
 */
public record Equivalence(
    double maxAbsDiff, double tolerance, boolean passed, int batches, int outputs) {

  private static final double RELATIVE = 1e-4;
  private static final double RELATIVE_HALF = 2e-2;

  /** Compares the models' outputs on {@code batches}. */
  public static Equivalence check(
      MaskedModel masked,
      OnnxModel slim,
      Structure structure,
      PruningPlan plan,
      List<TokenBatch> batches,
      RuntimeOptions options) {
    OutputComparison comparison = OutputComparison.of(slim, structure, plan);
    Map<String, ExtraInput> masks = masked.inputs(structure, plan);
    try (BatchRunner reference = new BatchRunner(OnnxSession.ofModel(masked.model(), options));
        BatchRunner rewritten = new BatchRunner(OnnxSession.ofModel(slim, options))) {
      for (TokenBatch batch : batches) {
        comparison.add(
            reference.run(batch, comparison.names(), masks),
            rewritten.run(batch, comparison.names()));
      }
    }
    return comparison.result(relative(slim), batches.size());
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
