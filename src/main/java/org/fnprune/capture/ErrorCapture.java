package org.fnprune.capture;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Optional;
import org.fnprune.common.Progress;
import org.fnprune.data.CalibrationText;
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
 * Runs a partly slimmed model beside what the dense one computed and keeps the moments of one
 * unit's activation with the error of the residual stream behind it: e = dense sum − slim sum.
 * Tensors have the same names in both.
 */
public final class ErrorCapture {

  private static final String DENSE_SUM = "fnprune_dense_sum";
  private static final String SUM = "fnprune_sum";
  private static final List<String> MOMENTS =
      List.of("fnprune_h_sum", "fnprune_h_gram", "fnprune_e_sum", "fnprune_he", "fnprune_ee_sum");

  /**
   * What is measured.
   *
   * @param activation what enters the unit's projection
   * @param width k, the positions that the slim unit keeps
   * @param outputs m, the width of the residual stream
   * @param sum where the projection joins the stream
   */
  public record Place(String activation, int width, int outputs, ResidualSum sum) {}

  private final DenseSums dense;
  private final Place place;
  private final BatchRunner slim;
  private final SlimPrefix prefix;
  private final ImmutableList<String> outputs;
  private final Progress progress;

  private ErrorCapture(
      DenseSums dense, Place place, BatchRunner slim, SlimPrefix prefix, Progress progress) {
    this.dense = dense;
    this.place = place;
    this.slim = slim;
    this.prefix = prefix;
    this.outputs =
        ImmutableList.<String>builder()
            .addAll(MOMENTS)
            .addAll(prefix.next().stream().iterator())
            .build();
    this.progress = progress;
  }

  /**
   * Captures one unit, in one pass over the text.
   *
   * @param dense rows of the place's sum, among others
   * @param prefix where the slim model is begun, and what of it is kept for the next capture
   * @param texts the task's text and then others, which count as many tokens as their weights say
   */
  public static SplitErrors run(
      DenseSums dense,
      OnnxModel slim,
      Place place,
      SlimPrefix prefix,
      List<CalibrationText> texts,
      RuntimeOptions options,
      Progress progress) {
    try (BatchRunner runner =
        new BatchRunner(OnnxSession.ofModel(taps(slim, place, prefix), options))) {
      SplitErrors errors = new ErrorCapture(dense, place, runner, prefix, progress).split(texts);
      prefix.advance();
      return errors;
    }
  }

  private SplitErrors split(List<CalibrationText> texts) {
    SplitErrors task = split(texts.get(0));
    ErrorMoments fitting = task.fitting();
    Optional<ErrorMoments> heldOut = task.heldOut();
    for (CalibrationText text : texts.subList(1, texts.size())) {
      SplitErrors other = split(text);
      fitting = fitting.plus(weighted(other.fitting(), text.weight(), task.fitting()));
      Optional<ErrorMoments> part = other.heldOut();
      heldOut =
          heldOut.map(
              sum ->
                  part.map(p -> sum.plus(weighted(p, text.weight(), task.heldOut().orElseThrow())))
                      .orElse(sum));
    }
    return new SplitErrors(fitting, heldOut);
  }

  private static ErrorMoments weighted(ErrorMoments moments, double weight, ErrorMoments task) {
    return moments.ofTokens(Math.max(1, Math.round(weight * task.activation().count())));
  }

  private SplitErrors split(CalibrationText text) {
    return new SplitErrors(
        moments(text.fitting()),
        text.heldOut().isEmpty() ? Optional.empty() : Optional.of(moments(text.heldOut())));
  }

  private ErrorMoments moments(List<TokenBatch> batches) {
    Accumulator total = new Accumulator(place);
    for (TokenBatch batch : batches) {
      List<BatchRunner.Output> results =
          slim.run(
              batch,
              outputs,
              ImmutableMap.<String, ExtraInput>builder()
                  .putAll(BatchTokens.inputs(batch))
                  .putAll(prefix.inputs(batch))
                  .put(DENSE_SUM, dense.rows(place.sum(), batch))
                  .buildOrThrow());
      total.add(batch.tokens(), results);
      if (results.size() > MOMENTS.size()) {
        prefix.put(batch, results.get(MOMENTS.size()));
      }
      progress.advance(batch.tokens());
    }
    return total.moments();
  }

  private static OnnxModel taps(OnnxModel slim, Place place, SlimPrefix prefix) {
    Taps taps = new Taps(slim);
    taps.input(DENSE_SUM);
    taps.add("Add", SUM, place.sum().written(), place.sum().stream());
    taps.rows(SUM, place.outputs(), "fnprune_slim_sum");
    taps.add("Sub", "fnprune_e", DENSE_SUM, "fnprune_slim_sum");
    taps.add("Mul", "fnprune_ee", "fnprune_e", "fnprune_e");
    taps.rows(place.activation(), place.width(), "fnprune_h");
    taps.outputSum(MOMENTS.get(0), "fnprune_h");
    taps.outputProduct(MOMENTS.get(1), "fnprune_h", "fnprune_h");
    taps.outputSum(MOMENTS.get(2), "fnprune_e");
    taps.outputProduct(MOMENTS.get(3), "fnprune_h", "fnprune_e");
    taps.outputSum(MOMENTS.get(4), "fnprune_ee");
    prefix.tensor().ifPresent(taps::beginAt);
    prefix.next().ifPresent(taps::output);
    return taps.build();
  }

  /** Adds up batches in float64. */
  private static final class Accumulator {

    private final double[] activationSum;
    private final SymmetricSum activationGram;
    private long count;
    private final double[] errorSum;
    private final double[] cross;
    private final double[] errorSquares;
    private final int width;

    Accumulator(Place place) {
      this.width = place.width();
      this.activationSum = new double[width];
      this.activationGram = new SymmetricSum(width);
      this.errorSum = new double[place.outputs()];
      this.cross = new double[Math.multiplyExact(width, place.outputs())];
      this.errorSquares = new double[place.outputs()];
    }

    void add(long tokens, List<BatchRunner.Output> results) {
      count += tokens;
      CountedSum.add(activationSum, results.get(0).values());
      activationGram.add(0, 0, width, results.get(1).values());
      CountedSum.add(errorSum, results.get(2).values());
      CountedSum.add(cross, results.get(3).values());
      CountedSum.add(errorSquares, results.get(4).values());
    }

    ErrorMoments moments() {
      double squares = 0;
      for (double square : errorSquares) {
        squares += square;
      }
      return new ErrorMoments(
          new Moments(count, Matrix.of(1, width, activationSum), activationGram.toMatrix()),
          Matrix.of(1, errorSum.length, errorSum),
          Matrix.of(width, errorSum.length, cross),
          squares);
    }
  }
}
