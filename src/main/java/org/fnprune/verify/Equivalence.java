package org.fnprune.verify;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.ElementType;
import org.fnprune.model.OnnxModel;
import org.fnprune.rewrite.MaskedModel;
import org.fnprune.rewrite.Requantised;
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
 * @param tolerance what it may be: 1e-4 of that output's largest value (2e-2 in half precision, and
 *     0.25 where {@link Requantised} warns that weights changed)
 * @param passed whether all outputs are the same by this rule, and the first is not all zero, which
 *     would make any two models equal
 * @param batches batches compared
 * @param outputs outputs compared: all that are floats, KV caches at the positions that stay
 */
public record Equivalence(
    double maxAbsDiff, double tolerance, boolean passed, int batches, int outputs) {

  private static final double RELATIVE = 1e-4;
  private static final double RELATIVE_HALF = 2e-2;

  /** Of the values of a weight that lies in blocks of 4 bits, a tenth is lost when they change. */
  private static final double RELATIVE_REQUANTISED = 0.25;

  /** Compares the models' outputs on {@code batches}. */
  public static Equivalence check(
      MaskedModel masked,
      OnnxModel slim,
      Structure structure,
      PruningPlan plan,
      List<TokenBatch> batches,
      RuntimeOptions options) {
    return check(
        masked,
        () -> OnnxSession.ofModel(slim, options.withExactIntegers()),
        structure,
        plan,
        batches,
        options);
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
        () -> OnnxSession.ofFile(slim, options.withExactIntegers(), weights(masked)),
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
    OutputComparison comparison = OutputComparison.of(masked.model(), structure, plan);
    Map<String, ExtraInput> masks = masked.inputs(structure, plan);
    try (ReferenceOutputs expected = ReferenceOutputs.create()) {
      try (BatchRunner runner =
          new BatchRunner(
              OnnxSession.ofModel(masked.model(), options.withExactIntegers(), weights(masked)))) {
        for (TokenBatch batch : batches) {
          expected.add(runner.run(batch, comparison.names(), masks));
        }
      }
      try (BatchRunner runner = new BatchRunner(slim.get())) {
        for (int i = 0; i < batches.size(); i++) {
          comparison.add(expected.get(i), runner.run(batches.get(i), comparison.names()));
        }
      }
    }
    boolean requantised = !Requantised.warnings(masked.dense(), structure, plan).isEmpty();
    return comparison.result(
        requantised ? RELATIVE_REQUANTISED : relative(masked.model()), batches.size());
  }

  /** A few batches are not worth a copy of weights that can be read in their files. */
  private static OnnxSession.Weights weights(MaskedModel masked) {
    return masked.model().hasExternalData()
        ? OnnxSession.Weights.MAPPED
        : OnnxSession.Weights.COPIED;
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
