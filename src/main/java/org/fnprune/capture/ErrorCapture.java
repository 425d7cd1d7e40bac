package org.fnprune.capture;

import ai.onnx.proto.OnnxMl.GraphProto;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.fnprune.common.Progress;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Matrix;
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
      List.of("fnprune_h_sum", "fnprune_gram", "fnprune_e_sum", "fnprune_cross");

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
    try (BatchRunner reference = runner(dense, denseTaps(dense, outputs, sum), options);
        BatchRunner measured =
            runner(slim, slimTaps(slim, activation, width, outputs, sum), options)) {
      for (TokenBatch batch : batches) {
        ExtraInput mask = Capture.mask(batch);
        BatchRunner.Output target =
            reference.run(batch, List.of(DENSE_SUM), Map.of(Taps.MASK, mask)).get(0);
        total.add(
            batch.tokens(),
            measured.run(
                batch, MOMENTS, Map.of(Taps.MASK, mask, DENSE_SUM, ExtraInput.of(target))));
        progress.advance(batch.tokens());
      }
    }
    return total.moments();
  }

  private static BatchRunner runner(OnnxModel model, GraphProto graph, RuntimeOptions options) {
    OnnxModel tapped =
        new OnnxModel(model.proto().toBuilder().setGraph(graph).build(), model.file());
    return new BatchRunner(OnnxSession.ofModel(tapped, options));
  }

  private static GraphProto denseTaps(OnnxModel dense, int outputs, ResidualSum sum) {
    Taps taps = new Taps(dense.graph());
    taps.add("Add", SUM, sum.written(), sum.stream());
    taps.add("Identity", DENSE_SUM, taps.rows(SUM, outputs, "fnprune_dense"));
    taps.output(DENSE_SUM);
    return taps.build();
  }

  private static GraphProto slimTaps(
      OnnxModel slim, String activation, int width, int outputs, ResidualSum sum) {
    Taps taps = new Taps(slim.graph());
    taps.input(DENSE_SUM);
    taps.add("Add", SUM, sum.written(), sum.stream());
    String slimRows = taps.rows(SUM, outputs, "fnprune_slim");
    taps.add("Sub", "fnprune_error", DENSE_SUM, slimRows);
    taps.add("Mul", "fnprune_e", "fnprune_error", Taps.MASK_COLUMN);
    String rows = taps.rows(activation, width, "fnprune_activation");
    taps.add("Mul", "fnprune_h", rows, Taps.MASK_COLUMN);
    taps.add("MatMul", MOMENTS.get(0), Taps.MASK_ROW, rows);
    taps.gramian(MOMENTS.get(1), "fnprune_h", "fnprune_h");
    taps.add("MatMul", MOMENTS.get(2), Taps.MASK_ROW, "fnprune_error");
    taps.gramian(MOMENTS.get(3), "fnprune_h", "fnprune_e");
    MOMENTS.forEach(taps::output);
    return taps.build();
  }

  /** Adds up batches in float64. */
  private static final class Accumulator {

    private final MomentsAccumulator activation;
    private final double[] errorSum;
    private final double[] cross;
    private final int width;

    Accumulator(int width, int outputs) {
      this.width = width;
      this.activation = new MomentsAccumulator(width);
      this.errorSum = new double[outputs];
      this.cross = new double[Math.multiplyExact(width, outputs)];
    }

    void add(long tokens, List<BatchRunner.Output> results) {
      activation.add(tokens, results.get(0).values(), results.get(1).values());
      addTo(errorSum, results.get(2).values());
      addTo(cross, results.get(3).values());
    }

    private static void addTo(double[] sum, FloatBuffer values) {
      Arrays.setAll(sum, i -> sum[i] + values.get(i));
    }

    ErrorMoments moments() {
      return new ErrorMoments(
          activation.moments(),
          Matrix.of(1, errorSum.length, errorSum),
          Matrix.of(width, errorSum.length, cross));
    }
  }
}
