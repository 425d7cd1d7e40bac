package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.fnprune.common.UsageException;
import org.fnprune.data.TokenBatch;
import org.fnprune.model.ElementType;
import org.fnprune.model.OnnxModel;
import org.fnprune.rewrite.MaskedModel;
import org.fnprune.runtime.BatchRunner;
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
 * @param tolerance what it may be: 1e-4 of that output's largest value (2e-2 in half precision,
 *     5e-2 where activations may be quantised)
 * @param passed whether all outputs are the same by this rule, and the first is not all zero, which
 *     would make any two models equal
 * @param batches batches compared
 * @param outputs outputs compared: all that are floats, KV caches at the positions that stay
 * @param cachedSteps steps compared in which each model read the cache of its own earlier steps
 * @param remarks what could not be compared, and why
 */
public record Equivalence(
    double maxAbsDiff,
    double tolerance,
    boolean passed,
    int batches,
    int outputs,
    int cachedSteps,
    ImmutableList<String> remarks) {

  private static final double RELATIVE = 1e-4;
  private static final double RELATIVE_HALF = 2e-2;

  /** One step of an 8-bit activation, which a difference in the last bit can round either way. */
  private static final double RELATIVE_QUANTISED = 5e-2;

  /**
   * Compares the models' outputs on {@code batches}, and on tokens that follow the first of them
   * where the models have a cache. Batches that the dense model does not take, such as any but the
   * one that it was traced with, are left out.
   *
   * @param others batches to try one after the other when the dense model takes none of {@code
   *     batches}
   * @throws org.fnprune.runtime.ModelRunException when the dense model takes no batch, or the slim
   *     one not the same
   */
  public static Equivalence check(
      MaskedModel masked,
      OnnxModel slim,
      Structure structure,
      PruningPlan plan,
      List<TokenBatch> batches,
      List<TokenBatch> others,
      RuntimeOptions options) {
    return check(
        masked,
        () -> OnnxSession.ofModel(slim, options.withExactIntegers()),
        structure,
        plan,
        batches,
        others,
        options);
  }

  /** Compares the first outputs with those of a model as its file lies on disk. */
  public static Equivalence check(
      MaskedModel masked,
      Path slim,
      Structure structure,
      PruningPlan plan,
      List<TokenBatch> batches,
      List<TokenBatch> others,
      RuntimeOptions options) {
    return check(
        masked,
        () -> OnnxSession.ofFile(slim, options.withExactIntegers(), weights(masked)),
        structure,
        plan,
        batches,
        others,
        options);
  }

  /** Runs one model after the other: large ones do not fit into memory together. */
  private static Equivalence check(
      MaskedModel masked,
      Supplier<OnnxSession> slim,
      Structure structure,
      PruningPlan plan,
      List<TokenBatch> batches,
      List<TokenBatch> others,
      RuntimeOptions options) {
    OutputComparison comparison = OutputComparison.of(masked.model(), structure, plan);
    try (ReferenceOutputs expected = ReferenceOutputs.create()) {
      Trial trial = new Trial(comparison.names(), expected);
      try (BatchRunner runner =
          new BatchRunner(
              OnnxSession.ofModel(masked.model(), options.withExactIntegers(), weights(masked)))) {
        trial.record(runner, masked.inputs(structure, plan), batches, others);
      }
      try (BatchRunner runner = new BatchRunner(slim.get())) {
        trial.repeat(runner, comparison);
      }
      return comparison.result(
          relative(masked.model()), trial.batches(), trial.cachedSteps(), trial.remarks());
    }
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
   * @throws UsageException when nothing can tell, as the dense model's first output says nothing
   * @throws IllegalStateException when they are not
   */
  public Equivalence requirePassed() {
    if (!passed && maxAbsDiff <= tolerance) {
      throw new UsageException(
          "the first output of the model is zero or no finite number at every value compared, so"
              + " that no slim model can be checked against it",
          "look for zeros, NaN and overflows in the model's weights with 'fnprune eval', or give"
              + " other text");
    }
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
    return isQuantised(model) ? RELATIVE_QUANTISED : relativeOfFloats(model);
  }

  /** ONNX Runtime may compute with quantised activations where weights are quantised. */
  private static boolean isQuantised(OnnxModel model) {
    return model.graph().getNodeList().stream()
        .map(node -> node.getOpType())
        .anyMatch(
            type ->
                type.contains("Quantize")
                    || type.startsWith("QLinear")
                    || type.equals("MatMulNBits")
                    || type.equals("MatMulInteger"));
  }

  private static double relativeOfFloats(OnnxModel model) {
    boolean half =
        model.graph().getInitializerList().stream()
            .anyMatch(
                t ->
                    t.getDataType() == ElementType.FLOAT16.number()
                        || t.getDataType() == ElementType.BFLOAT16.number());
    return half ? RELATIVE_HALF : RELATIVE;
  }
}
