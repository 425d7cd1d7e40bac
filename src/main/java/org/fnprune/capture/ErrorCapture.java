package org.fnprune.capture;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import org.fnprune.common.Progress;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.SymmetricSum;
import org.fnprune.model.OnnxModel;
import org.fnprune.runtime.BatchRunner;
import org.fnprune.runtime.ExtraInput;
import org.fnprune.runtime.OnnxSession;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.structure.ResidualSum;

/**
 * Runs the dense and a partly slimmed model side by side and keeps the moments of the slim unit's
 * activation with the error of the residual stream behind it: e = dense sum − slim sum. Tensors
 * have the same names in both.
 */
public final class ErrorCapture {

  private static final String DENSE_SUM = "fnprune_dense_sum";
  private static final String SUM = "fnprune_sum";
  private static final List<String> MOMENTS =
      List.of("fnprune_h_sum", "fnprune_h_gram", "fnprune_e_sum", "fnprune_he");

  private ErrorCapture() {}

  /**
   * Captures one unit.
   *
   * @param activation what enters the unit's projection
   * @param width k, the neurons that the slim unit keeps
   * @param outputs m, the width of the residual stream
   * @param sum where the projection joins the stream
   */
  public static ErrorMoments run(
      OnnxModel dense,
      OnnxModel slim,
      String activation,
      int width,
      int outputs,
      ResidualSum sum,
      List<TokenBatch> batches,
      RuntimeOptions options,
      Progress progress) {
    Accumulator total = new Accumulator(width, outputs);
    try (BatchRunner reference =
            new BatchRunner(OnnxSession.ofModel(denseTaps(dense, outputs, sum), options));
        BatchRunner measured =
            new BatchRunner(
                OnnxSession.ofModel(slimTaps(slim, activation, width, outputs, sum), options))) {
      for (TokenBatch batch : batches) {
        ImmutableMap<String, ExtraInput> tokens = BatchTokens.inputs(batch);
        BatchRunner.Output target = reference.run(batch, List.of(DENSE_SUM), tokens).get(0);
        total.add(
            batch.tokens(),
            measured.run(
                batch,
                MOMENTS,
                ImmutableMap.<String, ExtraInput>builder()
                    .putAll(tokens)
                    .put(DENSE_SUM, ExtraInput.of(target))
                    .buildOrThrow()));
        progress.advance(batch.tokens());
      }
    }
    return total.moments();
  }

  private static OnnxModel denseTaps(OnnxModel dense, int outputs, ResidualSum sum) {
    Taps taps = new Taps(dense);
    taps.add("Add", SUM, sum.written(), sum.stream());
    taps.rows(SUM, outputs, DENSE_SUM);
    taps.output(DENSE_SUM);
    return taps.build();
  }

  private static OnnxModel slimTaps(
      OnnxModel slim, String activation, int width, int outputs, ResidualSum sum) {
    Taps taps = new Taps(slim);
    taps.input(DENSE_SUM);
    taps.add("Add", SUM, sum.written(), sum.stream());
    taps.rows(SUM, outputs, "fnprune_slim_sum");
    taps.add("Sub", "fnprune_e", DENSE_SUM, "fnprune_slim_sum");
    taps.rows(activation, width, "fnprune_h");
    taps.outputSum(MOMENTS.get(0), "fnprune_h");
    taps.outputProduct(MOMENTS.get(1), "fnprune_h", "fnprune_h");
    taps.outputSum(MOMENTS.get(2), "fnprune_e");
    taps.outputProduct(MOMENTS.get(3), "fnprune_h", "fnprune_e");
    return taps.build();
  }

  /** Adds up batches in float64. */
  private static final class Accumulator {

    private final double[] activationSum;
    private final SymmetricSum activationGram;
    private long count;
    private final double[] errorSum;
    private final double[] cross;
    private final int width;

    Accumulator(int width, int outputs) {
      this.width = width;
      this.activationSum = new double[width];
      this.activationGram = new SymmetricSum(width);
      this.errorSum = new double[outputs];
      this.cross = new double[Math.multiplyExact(width, outputs)];
    }

    void add(long tokens, List<BatchRunner.Output> results) {
      count += tokens;
      Measurement.add(activationSum, results.get(0).values());
      activationGram.add(0, 0, width, results.get(1).values());
      Measurement.add(errorSum, results.get(2).values());
      Measurement.add(cross, results.get(3).values());
    }

    ErrorMoments moments() {
      return new ErrorMoments(
          new Moments(count, Matrix.of(1, width, activationSum), activationGram.toMatrix()),
          Matrix.of(1, errorSum.length, errorSum),
          Matrix.of(width, errorSum.length, cross));
    }
  }
}
